// Checks deliveries by the SDK itself: standard input has one {secret, body, headers} a line.
import { createInterface } from "node:readline";
import { validateEvent } from "@polar-sh/sdk/webhooks";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, body, headers } = JSON.parse(line);
  try {
    const event = validateEvent(body, headers, secret);
    process.stdout.write(`${JSON.stringify({ type: event.type })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: `${error.name}: ${error.message}` })}\n`);
  }
}
