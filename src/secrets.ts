/** Secrets: a key file, what is sealed and signed with it; and hashes of the secrets that are only ever compared. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

export type Seal = {
  /** Encrypted text that only `unseal` with the same key and context opens. The context names whose secret it is. */
  seal(text: string, context: string): string;
  /** Throws SealError where the text was sealed with another key or for another context, or was changed. */
  unseal(sealed: string, context: string): string;
  /** What proves that this gateway wrote the text, and for what: HMAC-SHA256 with a key of its own, base64url. */
  sign(text: string, context: string): string;
  /** Whether it is the signature of that text; takes as long for a wrong one. */
  isSigned(text: string, context: string, signature: string): boolean;
};

export class SealError extends Error {
  override readonly name = 'SealError';
}

const form = 's1';

/** The seal of this key file, which is made, readable by its owner alone, where it is missing. Throws SealError. */
export async function loadSeal(keyPath: string): Promise<Seal> {
  return sealWith(await loadKey(keyPath));
}

/** AES-256-GCM with a 32-byte key. The key's id is in each text, so that a wrong key is told from a damaged text. */
export function sealWith(key: Uint8Array): Seal {
  const keyId = createHash('sha256').update('wxgraph key id').update(key).digest('hex').slice(0, 8);
  const bind = (context: string) => Buffer.from(`${form}.${keyId}.${context}`);
  const signingKey = Buffer.from(hkdfSync('sha256', key, '', 'wxgraph signatures', 32));
  const mac = (text: string, context: string) =>
    createHmac('sha256', signingKey)
      .update(JSON.stringify([context, text]))
      .digest();
  return {
    sign: (text, context) => mac(text, context).toString('base64url'),
    isSigned(text, context, signature) {
      const given = Buffer.from(signature, 'base64url');
      const right = mac(text, context);
      return given.length === right.length && timingSafeEqual(given, right);
    },
    seal(text, context) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bind(context));
      const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${form}.${keyId}.${body.toString('base64url')}`;
    },
    unseal(sealed, context) {
      const [version, id, text, more] = sealed.split('.');
      if (version !== form || !id || !text || more !== undefined) throw new SealError('This is not a sealed secret.');
      if (id !== keyId) {
        throw new SealError(
          `This secret was sealed with the key ${id}, and the key file holds ${keyId}: give the key file that belongs to this database.`,
        );
      }
      const body = Buffer.from(text, 'base64url');
      if (body.length < 28) throw new SealError('This sealed secret is cut off.');
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, 12), { authTagLength: 16 })
        .setAAD(bind(context))
        .setAuthTag(body.subarray(-16));
      try {
        return decipher.update(body.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw new SealError('This sealed secret was changed, or belongs to something else.', { cause });
      }
    },
  };
}

/** SHA-256 in hexadecimal. For random secrets only: it is no hash for passwords. */
export function hashSecret(text: string): string {
  return hash('sha256', text);
}

async function loadKey(path: string): Promise<Buffer> {
  const known = await readKey(path);
  if (known) return known;
  await makeKey(path);
  const made = await readKey(path);
  if (!made) throw new SealError(`The key file ${path} is gone again.`);
  return made;
}

async function readKey(path: string): Promise<Buffer | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY);
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return null;
    throw new SealError(`The key file ${path} cannot be read: ${String(cause)}`, { cause });
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new SealError(`The key file ${path} is not a file.`);
    // Windows has no such modes.
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      throw new SealError(`The key file ${path} is open to others: run chmod 600 on it.`);
    }
    const text = facts.size > 1000 ? '' : (await file.readFile('utf8')).trim();
    if (!/^[0-9a-f]{64}$/i.test(text)) {
      throw new SealError(
        `The key file ${path} does not hold a key (64 hexadecimal digits): restore it from a backup.`,
      );
    }
    return Buffer.from(text, 'hex');
  } finally {
    await file.close();
  }
}

/**
 * Written under another name and then linked: whatever happens in between, no half a key stands there, and of two starts
 * at once the second keeps the first one's.
 */
async function makeKey(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await file.writeFile(`${randomBytes(32).toString('hex')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(draft, path);
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    } finally {
      await unlink(draft);
    }
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new SealError(`The key file ${path} cannot be made: ${String(cause)}`, { cause });
  }
}

/** Without this a power cut may forget the file's name, and with it every secret sealed since. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
