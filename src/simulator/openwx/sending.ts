/** The client's queue of sends: one pace for all, five tries each, no matter who still waits for the answer. */
import { createHash } from 'node:crypto';
import { mediaCodes, mediaWords, sentBody } from './messages.ts';
import type { LoadedMedia } from './options.ts';
import { newLocalId, openwxOrigin, tellMessage } from './session.ts';
import type { Session } from './session.ts';
import { throughClient, wrappedBase64 } from './text.ts';
import type { Json } from './text.ts';
import { textContent } from '../wechat.ts';
import type { Content, MediaKind } from '../wechat.ts';

/** What comes of a send. */
export type SendOutcome = { code: number; id: string; info: string; mediaId: string };

/** Media as the parameters of a request name them, and their bytes where it brings them. */
export type MediaParams = { fields: Readonly<Record<string, string>>; data: Uint8Array | undefined };

type Job = {
  to: string;
  from: 'api' | 'code';
  uid: string;
  ttl: number;
  fields: Record<string, Json>;
  content: Content | null;
  /** How many tries WeChat refuses, and with what. */
  refusal: { tries: number; ret: number; text: string };
  done: (outcome: SendOutcome) => void;
};

const tries = 5;
const rememberedUploads = 200;
const mimes: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  bmp: 'image/bmp',
  png: 'image/png',
  mp3: 'audio/mp3',
  mp4: 'video/mp4',
};

function finish(session: Session, job: Job, result: { id: string; code: number; info: string }): void {
  const mediaId = job.fields['media_id'];
  job.done({ ...result, mediaId: typeof mediaId === 'string' ? mediaId : '' });
  const body = sentBody(session, { ...job, ...result, time: session.clock.now() });
  if (body !== null) tellMessage(session, body);
}

function attempt(session: Session, job: Job): void {
  const { world, account, ids } = session;
  if (job.content === null) {
    finish(session, job, { id: job.uid, code: -1, info: 'invaild media_path' });
    return;
  }
  if (job.refusal.tries > 0) {
    job.refusal.tries -= 1;
    refused(session, job, job.refusal);
    return;
  }
  const result = world.send(account.wxid, job.to, job.content, openwxOrigin);
  if (result.ok) {
    finish(session, job, { id: `${result.message.id}:${ids.idOf(job.to)}`, code: 0, info: 'success' });
  } else {
    refused(session, job, result);
  }
}

function refused(session: Session, job: Job, refusal: { ret: number; text: string }): void {
  if (job.ttl > 0) dispatch(session, job);
  else finish(session, job, { id: job.uid, code: refusal.ret, info: refusal.text || 'unknown error' });
}

function dispatch(session: Session, job: Job): void {
  const { clock, options } = session;
  job.ttl -= 1;
  const now = clock.now();
  const at = session.lastDispatchAt === null ? now : Math.max(now, session.lastDispatchAt + options.sendIntervalMs);
  session.lastDispatchAt = at;
  if (at === now) attempt(session, job);
  else clock.after(at - now, () => attempt(session, job));
}

function enqueue(session: Session, job: Omit<Job, 'uid' | 'ttl' | 'refusal'>): void {
  const to = session.ids.idOf(job.to);
  const fault = session.faults.take('refuse', session.name, (other) => [undefined, to, job.to].includes(other.to));
  dispatch(session, {
    ...job,
    uid: newLocalId(session),
    ttl: tries,
    refusal: {
      tries: fault === undefined ? 0 : (fault.tries ?? tries),
      ret: fault?.ret ?? 1201,
      text: fault?.text ?? '操作太频繁，请稍后再试',
    },
  });
}

/** Sends a text. `done` is called once, whenever that is. */
export function sendText(
  session: Session,
  to: string,
  text: string,
  from: 'api' | 'code',
  done: (outcome: SendOutcome) => void = () => {},
): void {
  const content = throughClient(text, 'outgoing');
  enqueue(session, { to, from, content: textContent(content), fields: { format: 'text', content }, done });
}

/** The media's kind, as the client guesses it from the MIME type. */
function kindOf(mime: string): MediaKind {
  if (/^image\/gif/i.test(mime)) return 'emoticon';
  if (/^video\/(mp4|mpeg)/i.test(mime)) return 'video';
  return /^image\//i.test(mime) ? 'image' : 'file';
}

type Upload = { path: string; fields: Record<string, Json>; content: Content };

function isKind(word: string | undefined): word is MediaKind {
  return word !== undefined && Object.hasOwn(mediaCodes, word);
}

/** What a receiver sees as the name: a file's stands in XML. */
function shownName(media: MediaKind, name: string): string {
  if (media !== 'file') return name;
  return name.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What the request itself says of name, extension, type and MIME type goes before what is found out. */
function uploaded(session: Session, { fields: named }: MediaParams, path: string, loaded: LoadedMedia): Upload {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const name = named['media_name'] ?? base;
  const ext = named['media_ext'] ?? /\.([^.]+)$/.exec(base)?.[1] ?? 'dat';
  const mime = named['media_mime'] ?? loaded.mime ?? mimes[ext] ?? 'application/octet-stream';
  const media = isKind(named['media_type']) ? named['media_type'] : kindOf(mime);
  const code = mediaCodes[media];
  const id = `@crypt_${session.random.hex(8)}_${session.random.hex(32)}`;
  const content: Content = { type: 'media', media, name: shownName(media, name), bytes: loaded.bytes };
  session.uploads.set(id, content);
  if (session.uploads.size > rememberedUploads) session.uploads.delete(session.uploads.keys().next().value as string);
  return {
    path,
    content,
    fields: {
      media_id: `${id}:${code}`,
      media_code: String(code),
      media_type: media,
      media_path: path,
      media_name: name,
      media_size: loaded.size,
      media_mime: mime,
      media_mtime: loaded.mtime,
      media_ext: ext,
    },
  };
}

/**
 * Reads and uploads. Null when there is no such file; undefined when the answer never comes. Of bytes that came along the
 * path is a mere label.
 */
async function load(session: Session, media: MediaParams): Promise<Upload | null | undefined> {
  const { fields, data: bytes } = media;
  if (bytes !== undefined) {
    const ext = fields['media_ext'] ?? 'dat';
    const path = fields['media_path'] ?? fields['media_name'] ?? `${newLocalId(session)}.${ext}`;
    const mtime = Math.floor(session.clock.now() / 1000);
    const told = { ...media, fields: { media_ext: ext, media_name: `${newLocalId(session)}.${ext}`, ...fields } };
    return uploaded(session, told, path, { bytes, mtime, mime: null, size: bytes.length });
  }
  const path = fields['media_path'] ?? '';
  const loaded = await session.options.readMedia(path);
  return loaded && uploaded(session, media, path, loaded);
}

const noMedia = ['id', 'code', 'type', 'path', 'name', 'size', 'mime', 'mtime', 'ext'].map((key) => `media_${key}`);

/**
 * Sends by the id of an earlier upload; the code behind the colon decides what it is sent as. WeChat has the bytes; a
 * file's name is what the request says.
 */
function sendById(
  session: Session,
  to: string,
  { fields: named }: MediaParams,
  done: (outcome: SendOutcome) => void,
): void {
  const [id = '', code = '6'] = (named['media_id'] ?? '').split(/:(.*)/s);
  const media = (Object.keys(mediaCodes) as MediaKind[]).find((kind) => String(mediaCodes[kind]) === code) ?? 'file';
  const known = session.uploads.get(id);
  const bytes = known?.type === 'media' ? known.bytes : new Uint8Array();
  const name = shownName(media, named['media_name'] ?? '');
  enqueue(session, {
    to,
    from: 'api',
    content: { type: 'media', media, name, bytes },
    fields: {
      ...Object.fromEntries(noMedia.map((key) => [key, named[key] ?? ''])),
      format: 'media',
      content: `${mediaWords[media]}(${id})`,
      media_id: id,
      media_code: code,
      media_type: media,
      media_data: '',
    },
    done,
  });
}

/** Sends media by id, data or path. Without an answer when an address cannot be fetched. */
export async function sendMedia(
  session: Session,
  to: string,
  media: MediaParams,
  done: (outcome: SendOutcome) => void = () => {},
): Promise<void> {
  const { fields: named } = media;
  if (named['media_id'] !== undefined) {
    sendById(session, to, media, done);
    return;
  }
  // Data without a path are nothing the client knows how to send, and it forgets to say so.
  if (named['media_path'] === undefined) return;
  const upload = await load(session, media);
  if (upload === undefined) return;
  if (upload === null) {
    const fields = Object.fromEntries([...noMedia, 'media_data'].map((key) => [key, '']));
    const path = named['media_path'];
    const content = `[文件](${path})`;
    enqueue(session, {
      to,
      from: 'api',
      content: null,
      fields: { ...fields, format: 'media', content, media_path: path },
      done: (outcome) => done({ ...outcome, mediaId: '' }),
    });
    return;
  }
  const { content } = upload;
  const bytes = content.type === 'media' ? content.bytes : new Uint8Array();
  const type = content.type === 'media' ? content.media : 'file';
  enqueue(session, {
    to,
    from: 'api',
    content,
    fields: {
      ...upload.fields,
      format: 'media',
      content: `${mediaWords[type]}(${upload.path})`,
      media_chunk: 1,
      media_chunks: 1,
      media_clientid: newLocalId(session),
      media_md5: createHash('md5').update(bytes).digest('hex'),
      ...(session.options.postMediaData ? { media_data: wrappedBase64(bytes) } : {}),
    },
    done: (outcome) => done(outcome.code === 0 ? outcome : { ...outcome, mediaId: '' }),
  });
}

/** What upload_media answers; undefined when it never does. */
export async function uploadMedia(session: Session, media: MediaParams): Promise<Json | undefined> {
  const upload = await load(session, media);
  if (upload === undefined) return undefined;
  if (upload !== null) return upload.fields;
  return {
    ...Object.fromEntries(noMedia.map((key) => [key, null])),
    media_path: media.fields['media_path'] ?? null,
  };
}
