// Does with the npm client what a script of a migration does, and prints what came of it as JSON.
import { Readable } from "node:stream";
import { ManagementClient, ManagementError } from "auth0";

const { DOMAIN, CLIENT_ID, CLIENT_SECRET } = process.env;
const client = new ManagementClient({
  domain: DOMAIN,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
});

async function collect(page) {
  const found = [];
  for await (const each of page) found.push(each);
  return found;
}

async function refuse(call) {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    return [error.statusCode, error.body?.errorCode];
  }
  return [];
}

const [connection] = await collect(await client.connections.list({ strategy: ["auth0"] }));
const user = await client.users.create({
  connection: connection.name,
  email: "node@example.com",
  password: "correct horse battery staple",
  user_metadata: { color: "green" },
});
const id = user.user_id;
const conflict = await refuse(() =>
  client.users.create({ connection: connection.name, email: "node@example.com" }),
);
const changed = await client.users.update(id, { user_metadata: { size: 1 }, nickname: "n" });
const found = await collect(await client.users.list({ q: 'email:"node@example.com"' }));
const [role] = await collect(await client.roles.list());
await client.users.roles.assign(id, { roles: [role.id] });
const roles = await collect(await client.users.roles.list(id));
const members = await collect(await client.roles.users.list(role.id));
await client.users.roles.delete(id, { roles: [role.id] });

const asked = await client.jobs.usersImports.create({
  users: Readable.from([JSON.stringify([{ email: "file@example.com" }, { email: "nobody" }])]),
  connection_id: connection.id,
  upsert: true,
  external_id: "from node",
  send_completion_email: false,
});
const imported = await client.jobs.get(asked.id);
const errors = await client.jobs.errors.get(asked.id);
const exported = await client.jobs.usersExports.create({ format: "json" });
const { location } = await client.jobs.get(exported.id);
const file = await (await fetch(location)).blob();
const lines = await new Response(
  file.stream().pipeThrough(new DecompressionStream("gzip")),
).text();

await client.users.delete(id);
console.log(
  JSON.stringify({
    connection,
    conflict,
    metadata: changed.user_metadata,
    found: found.map((each) => each.user_id === id),
    byEmail: (await client.users.listUsersByEmail({ email: "file@example.com" })).length,
    roles: roles.map((each) => each.name),
    members: members.map((each) => each.user_id === id),
    job: [asked.external_id, imported.status, imported.summary],
    errors: errors.map((each) => each.errors[0].code),
    exported: lines.trim().split("\n").length,
    gone: await refuse(() => client.users.get(id)),
  }),
);
