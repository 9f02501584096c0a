// SPDX-License-Identifier: BSL-1.0
// The owner of the blobs: stores them, signs links to them, and tells what the server wrote into its
// log about them. Whether a link is good and what a request gets is the server's business alone.
//
// usage: owner.mjs FOLDER PORT LOG     with server.pem and server.key in FOLDER; PORT and LOG are
//                                      the server's; prints "listening on PORT" when it is ready
import {
  BlobSASPermissions, BlobServiceClient, generateBlobSASQueryParameters, StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

const [folder, serverPort, log] = process.argv.slice(2);
const [account, key] = process.env.AZURITE_ACCOUNTS.split(':');
const credential = new StorageSharedKeyCredential(account, key);
const containerName = 'mde-evidence';
const container = new BlobServiceClient(`https://127.0.0.1:${serverPort}/${account}`, credential)
  .getContainerClient(containerName);
const policy = 'readers';

async function store({ blob, type }, body) {
  const made = await container.getBlockBlobClient(blob)
    .uploadData(body, { blobHTTPHeaders: { blobContentType: type } });
  return { body: made.etag };
}

// Whether links that name the policy are good.
async function permit({ permitted }) {
  const accessPolicy = { permissions: 'r', startsOn: new Date(Date.now() - 3600e3) };
  await container.setAccessPolicy(undefined, permitted === 'yes' ? [{ id: policy, accessPolicy }] : []);
  return { body: '' };
}

// `from` and `life` are seconds from now. The signature covers neither host nor port, so that the
// link may lead to the server by a detour.
function link({ blob, port, from, life, by }) {
  const now = Date.now();
  const times = { startsOn: new Date(now + from * 1000), expiresOn: new Date(now + life * 1000) };
  const rights = by === 'policy'
    ? { identifier: policy, expiresOn: times.expiresOn }
    : { permissions: BlobSASPermissions.parse('r'), ...times };
  const query = generateBlobSASQueryParameters({ containerName, blobName: blob, ...rights }, credential);
  return {
    // As it is written: whole seconds.
    fields: { 'Expires-At': Math.floor(times.expiresOn.getTime() / 1000) },
    body: `https://127.0.0.1:${port}/${account}/${containerName}/${blob}?${query}`,
  };
}

// One line for each request that had an end, in the order of their beginnings: status, Range, If-Range,
// Content-Length, Content-Range and ETag.
function requestsFor(blob) {
  const requests = new Map();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, id, text] = /^\S+ (\S+) \w+: (.*)$/.exec(line) ?? [];
    const begin = /RequestMethod=GET RequestURL=(\S+) RequestHeaders:({.*}) ClientIP/.exec(text);
    if (begin && new URL(begin[1]).pathname.endsWith(`/${blob}`))
      requests.set(id, { asked: JSON.parse(begin[2]) });
    const end = /End response\. .*StatusCode=(\d+) .*Headers=({.*})$/.exec(text);
    if (end && requests.has(id))
      Object.assign(requests.get(id), { status: end[1], said: JSON.parse(end[2]) });
  }
  return [...requests.values()].filter(({ status }) => status).map(({ asked, status, said }) =>
    [status, asked.range, asked['if-range'], said['content-length'], said['content-range'], said.etag]
      .map((value) => value ?? '').join('\t'));
}

// The log is written a little later than the answers are sent.
async function seen({ blob, count }) {
  const end = performance.now() + 10e3;
  let lines = requestsFor(blob);
  while (lines.length < count && performance.now() < end) {
    await wait(20);
    lines = requestsFor(blob);
  }
  return { body: lines.map((line) => `${line}\n`).join('') };
}

const calls = { '/store': store, '/permit': permit, '/link': link, '/seen': seen };

async function answer(request, response) {
  const url = new URL(request.url, 'https://127.0.0.1');
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  try {
    const { fields, body } =
      await calls[url.pathname](Object.fromEntries(url.searchParams), Buffer.concat(pieces));
    response.writeHead(200, fields).end(body);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end();
  }
}

await container.create();
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8');
const server = createServer({ cert: read('server.pem'), key: read('server.key') }, answer);
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
