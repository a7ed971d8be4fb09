// Signs in by openid-client as its documentation has it, and prints what it was told as JSON.
import * as client from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, SESSION } = process.env;
const redirect_uri = "https://wiki.example.com/callback";

async function failWith(promise) {
  try {
    await promise;
  } catch (error) {
    return error.error ?? error.code;
  }
  return "";
}

const authentication = CLIENT_SECRET
  ? client.ClientSecretBasic(CLIENT_SECRET)
  : client.None();
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, {}, authentication, {
  execute: [client.allowInsecureRequests],
});

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const expectedNonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri,
  scope: "openid profile offline_access",
  state: expectedState,
  nonce: expectedNonce,
  max_age: "3600",
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
// The browser, which is signed in and has nothing to be asked.
const answer = await fetch(url, { redirect: "manual", headers: { cookie: `sessionid=${SESSION}` } });
const callback = new URL(answer.headers.get("location"));

const tokens = await client.authorizationCodeGrant(config, callback, {
  pkceCodeVerifier,
  expectedState,
  expectedNonce,
  maxAge: 3600,
  idTokenExpected: true,
});
const claims = tokens.claims();
const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const next = await client.refreshTokenGrant(config, tokens.refresh_token);
const active = [];
if (CLIENT_SECRET) {
  active.push((await client.tokenIntrospection(config, next.access_token)).active);
  await client.tokenRevocation(config, next.access_token);
  active.push((await client.tokenIntrospection(config, next.access_token)).active);
}
console.log(
  JSON.stringify({
    claims,
    info,
    refreshed: next.claims(),
    active,
    reuse: await failWith(client.refreshTokenGrant(config, tokens.refresh_token)),
    after_reuse: await failWith(client.refreshTokenGrant(config, next.refresh_token)),
    logout: client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token }).href,
  }),
);
