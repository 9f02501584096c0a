// SPDX-License-Identifier: BSL-1.0
// A certified OpenID provider with the paths of the sign-in service, over TLS on loopback. Nothing
// here answers in its place: tokens, signatures, replays, codes and their ends are its own business.
// Added is only what it leaves open: the claims that Entra puts into tokens, how often a device may
// ask, and words for a refusal that tell the reason.
//
// usage: provider.mjs FOLDER     with server.pem, server.key and client.pem in it; prints
//                                "listening on PORT" when it is ready
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider, { errors } from 'oidc-provider';
import { enterCode } from './browser.mjs';

const folder = process.argv[2];
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8');
const { MDE_OIDC_TENANT: tenant, MDE_OIDC_AUDIENCE: audience, MDE_OIDC_SECRET: secret } = process.env;

const certificate = new X509Certificate(read('client.pem'));
const thumbprint = (fingerprint) =>
  Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');

const application = (id, how) => ({
  client_id: id,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  ...how,
});

const withCertificate = (id, algorithm) => application(id, {
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: algorithm,
  jwks: { keys: [certificate.publicKey.export({ format: 'jwk' })] },
});

// What a device is told, in seconds, and what the provider really goes by.
const devices = {
  device: { life: 60, told: 60, interval: 1 },
  // Lives shorter than the interval that holds where none is named.
  'device-brief': { life: 4, told: 4 },
  // Ends long before it was said to.
  'device-overstated': { life: 2, told: 60, interval: 1 },
  // Is told to slow down at its first question.
  'device-hurried': { life: 60, told: 60, interval: 1, hurried: true },
};

const device = (id) => ({
  client_id: id,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  redirect_uris: [],
  response_types: [],
});

const signingKey = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  alg: 'RS256',
  use: 'sig',
});

const configuration = {
  clients: [
    application('secret', { token_endpoint_auth_method: 'client_secret_post', client_secret: secret }),
    withCertificate('certificate-ps256', 'PS256'),
    withCertificate('certificate-rs256', 'RS256'),
    ...Object.keys(devices).map(device),
  ],
  routes: {
    token: `/${tenant}/oauth2/v2.0/token`,
    device_authorization: `/${tenant}/oauth2/v2.0/devicecode`,
  },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo(ctx, resource) {
        if (resource !== audience) throw new errors.InvalidTarget();
        return {
          scope: `${audience}/.default`,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 120,
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  },
  extraTokenClaims: (ctx, token) => ({
    tid: tenant,
    ...(token.kind === 'ClientCredentials'
      ? { roles: ['Machine.CollectForensics', 'Machine.Read.All'] }
      : { scp: 'Machine.CollectForensics Machine.Read' }),
  }),
  // The thumbprint is for the sign-in service to find the certificate by; here it is only compared.
  assertJwtClientAuthClaimsAndHeader(ctx, claims, header) {
    const said = header.alg === 'PS256' ? header['x5t#S256'] : header.x5t;
    const fingerprint = header.alg === 'PS256' ? certificate.fingerprint256 : certificate.fingerprint;
    if (said !== thumbprint(fingerprint)) throw new errors.InvalidClientAuth('thumbprint mismatch');
  },
  ttl: {
    DeviceCode: (ctx, token, client) => devices[client.clientId].life,
    Grant: 600,
    Interaction: 600,
    RefreshToken: 600,
    Session: 600,
  },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  jwks: { keys: [signingKey()] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
};

// RFC 8628 section 3.5: who asks again too soon has to wait five seconds more from then on.
function limitPolling(provider) {
  const { DeviceCode } = provider;
  const find = DeviceCode.find.bind(DeviceCode);
  const asked = new Map();
  DeviceCode.find = async (value, options) => {
    const code = await find(value, options);
    // The pages look codes up, too; this option tells them apart.
    if (!code || options.ignoreSessionBinding) return code;
    const how = devices[code.clientId];
    const now = performance.now();
    const before = asked.get(value) ?? { at: how.hurried ? now : -Infinity, gap: how.interval * 1000 };
    const early = now - before.at < before.gap;
    asked.set(value, { at: now, gap: before.gap + (early ? 5000 : 0) });
    if (early) throw new errors.SlowDown();
    return code;
  };
}

// Says why, and also what was sent, as a careless server would.
function explain(ctx, error) {
  const sent = ctx.oidc.params ?? {};
  const echo = sent.client_secret ?? sent.client_assertion ?? sent.refresh_token ?? sent.device_code;
  ctx.body.error_description =
    `${error.error_detail ?? error.error_description} (sent: ${echo} ${encodeURIComponent(echo)})`;
}

function start(port) {
  const provider = new Provider(`https://127.0.0.1:${port}`, configuration);
  limitPolling(provider);
  provider.on('grant.error', explain);
  provider.on('server_error', (ctx, error) => console.error(error));
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route !== 'device_authorization' || ctx.status !== 200) return;
    const { told, interval } = devices[ctx.oidc.client.clientId];
    Object.assign(ctx.body, { expires_in: told, interval });
  });
  return provider.callback();
}

// Not the provider's: whoever got a code asks here for somebody who enters it in a browser.
async function somebody(request, response) {
  let body = '';
  for await (const piece of request) body += piece;
  const { page, code, answer } = Object.fromEntries(new URLSearchParams(body));
  try {
    await enterCode(page, code, answer);
    response.writeHead(200).end();
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}

const server = createServer({ cert: read('server.pem'), key: read('server.key') });
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const answer = start(port);
  server.on('request', (request, response) =>
    (request.url === '/somebody' ? somebody : answer)(request, response));
  console.log(`listening on ${port}`);
});
