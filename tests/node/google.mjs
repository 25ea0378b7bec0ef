// A provider in place of Google. Prints its URL; each line of JSON on stdin sets what it does with the next log-ins:
// claims: of the ID token. error: whether the token endpoint refuses. otherKey: whether another key signs.
import { createInterface } from "node:readline";
import { OAuth2Issuer, OAuth2Server } from "oauth2-mock-server";

const KID = "the-key";
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256", { kid: KID });
const other = new OAuth2Issuer();
await other.keys.generate("RS256", { kid: KID });
await server.start(0, "127.0.0.1");
other.url = server.issuer.url;

let behaviour = { claims: {} };
let forged;

server.service.on("beforeTokenSigning", (token) => {
  Object.assign(token.payload, behaviour.claims);
});
server.service.on("beforeResponse", (response) => {
  if (behaviour.error) {
    response.statusCode = 400;
    response.body = { error: "invalid_grant" };
  } else if (behaviour.otherKey) {
    response.body.id_token = forged;
  }
});

console.log(server.issuer.url);
for await (const line of createInterface({ input: process.stdin })) {
  behaviour = { claims: {}, ...JSON.parse(line) };
  if (behaviour.otherKey) {
    forged = await other.buildToken({
      scopesOrTransform: (header, payload) => Object.assign(payload, { aud: behaviour.audience }, behaviour.claims),
    });
  }
  console.log("ready");
}
await server.stop();
