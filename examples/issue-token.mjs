// Issues tokens as your backend does after its own sign-in: signed with a private key (ES256), which stays there. Gateways get
// the public key from a URL, HEXFLEET_JWKS_URL. Prints a token, and the key set to serve at that URL.
//
//   node issue-token.mjs rider ada > /dev/null      the key is stored in signing-key.pem at the first run

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, SignJWT } from 'jose';

const FILE = 'signing-key.pem';

if (!existsSync(FILE)) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(FILE, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}
const privateKey = createPrivateKey(readFileSync(FILE));
const publicJwk = await exportJWK(createPublicKey(privateKey));
const kid = await calculateJwkThumbprint(publicJwk);

/** Serve this at HEXFLEET_JWKS_URL. To rotate: list the next key beside this one, and sign with it ten minutes later. */
const keySet = { keys: [{ ...publicJwk, kid, alg: 'ES256', use: 'sig' }] };

const issueToken = (role, userId, claims = {}) =>
  new SignJWT({ ...claims, role })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setSubject(userId)
    .setIssuer('https://id.example')
    .setAudience('hexfleet')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);

const [role, userId, claims = '{}'] = process.argv.slice(2);
console.log(await issueToken(role, userId, JSON.parse(claims)));
console.log(JSON.stringify(keySet));
