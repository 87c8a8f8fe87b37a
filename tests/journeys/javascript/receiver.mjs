// A merchant's server on Express, as the adapter's own documentation has it. Says on standard
// output where it listens and, line by line, what it accepted.
import { Webhooks } from "@polar-sh/express";
import express from "express";

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const app = express();
app.use(express.json());
app.post(
  "/hook",
  Webhooks({
    webhookSecret: process.env.WEBHOOK_SECRET,
    onPayload: async (payload) => say({ type: payload.type, id: payload.data.id ?? null }),
  }),
);
app.use((error, request, response, next) => {
  say({ error: String(error) });
  response.status(500).send(String(error));
});
const server = app.listen(0, "127.0.0.1", () => say({ port: server.address().port }));
