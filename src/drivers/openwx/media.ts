import type { MessageContent, MessageKind } from '../../words.ts';
import { type Fields, known, number } from './fields.ts';
import { plainText } from './plain-text.ts';

/** What a message holds, and how much that tells. */
export type Held = { kind: MessageKind; text: string; content: MessageContent; richness?: number };

type MediaKind = Extract<MessageKind, 'IMAGE' | 'VOICE' | 'VIDEO' | 'FILE' | 'EMOJI'>;

/** By media_type, by media_code (which also ends media_id), and by the word that content begins with. */
const kinds: ReadonlyMap<string, MediaKind> = new Map([
  ['image', 'IMAGE'],
  ['voice', 'VOICE'],
  ['video', 'VIDEO'],
  ['microvideo', 'VIDEO'],
  ['emoticon', 'EMOJI'],
  ['file', 'FILE'],
  ['3', 'IMAGE'],
  ['34', 'VOICE'],
  ['43', 'VIDEO'],
  ['62', 'VIDEO'],
  ['47', 'EMOJI'],
  ['6', 'FILE'],
  ['图片', 'IMAGE'],
  ['语音', 'VOICE'],
  ['视频', 'VIDEO'],
  ['小视频', 'VIDEO'],
  ['表情', 'EMOJI'],
  ['文件', 'FILE'],
]);

const labels: Readonly<Record<MediaKind, string>> = {
  IMAGE: '[图片]',
  VOICE: '[语音]',
  VIDEO: '[视频]',
  FILE: '[文件]',
  EMOJI: '[表情]',
};

/**
 * A picture, voice, video, file or emoji. `content` is `[图片](path)`; the path lies on the program's disk, so that what
 * a person reads is the word, and for a file its name. Without download_media only the id and the type are told. What was
 * sent through the API comes back as it was named there, with the address that it was fetched from for a path.
 */
export function decodeMedia(body: Fields, content: string): Held {
  const kind = kindOf(body, content);
  const told = known(body['media_path']);
  const path = told === null || /^https?:/i.test(told) ? null : told;
  const named = known(body['media_name']);
  const name =
    (known(body['from']) === 'api' && named !== null ? plainText(named) : named) ??
    (kind === 'FILE' ? (path?.split(/[/\\]/).at(-1) ?? null) : null);
  return {
    kind,
    text: kind === 'FILE' && name !== null ? `${labels.FILE} ${name}` : labels[kind],
    content: {
      type: 'Media',
      media: {
        name,
        mime: known(body['media_mime']),
        size: number(body['media_size']),
        width: null,
        height: null,
        durationMs: null,
        upstreamPath: path,
        upstreamMediaId: known(body['media_id']),
      },
    },
    richness: told === null ? 1 : 2,
  };
}

function kindOf(body: Fields, content: string): MediaKind {
  const [, code] = /:(\d{1,3})$/.exec(known(body['media_id']) ?? '') ?? [];
  const [, word] = /^\[([^\]\n]{1,10})\]/.exec(content) ?? [];
  for (const hint of [known(body['media_type']), known(body['media_code']), code, word]) {
    const kind = kinds.get(hint ?? '');
    if (kind !== undefined) return kind;
  }
  const [family] = (known(body['media_mime']) ?? '').split('/');
  if (family === 'image') return 'IMAGE';
  if (family === 'audio') return 'VOICE';
  return family === 'video' ? 'VIDEO' : 'FILE';
}
