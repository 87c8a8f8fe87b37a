// What a merchant's script does with the SDK: makes a product, sells it, lists.
import { Polar } from "@polar-sh/sdk";

const polar = new Polar({
  accessToken: process.env.TOKEN,
  serverURL: process.env.SERVER_URL,
});
const product = await polar.products.create({
  name: "Handbook",
  prices: [{ amountType: "fixed", priceAmount: 2000, priceCurrency: "usd" }],
});
const checkout = await polar.checkouts.create({ products: [product.id] });
const names = [];
for await (const page of await polar.products.list({ limit: 10 })) {
  names.push(...page.result.items.map((item) => item.name));
}
process.stdout.write(JSON.stringify({ url: checkout.url, amount: checkout.amount, names }));
