/** Pictures, voices, videos, files and emojis: what their fields and their XML tell. */
import type { MediaFacts, MessageKind } from '../../words.ts';
import { type Fields, count, known } from './fields.ts';
import { type Xml, attributeOf, find, textAt } from './xml.ts';

export type MediaKind = Extract<MessageKind, 'IMAGE' | 'VOICE' | 'VIDEO' | 'FILE' | 'EMOJI'>;

/** The names that fields of a kind begin with. */
export const mediaPrefixes: Readonly<Record<MediaKind, string>> = {
  IMAGE: 'img',
  VOICE: 'voice',
  VIDEO: 'video',
  FILE: 'file',
  EMOJI: 'gif',
};

export const mediaLabels: Readonly<Record<MediaKind, string>> = {
  IMAGE: '[图片]',
  VOICE: '[语音]',
  VIDEO: '[视频]',
  FILE: '[文件]',
  EMOJI: '[表情]',
};

/** What is told of the media of a message; absent facts are null. */
export function mediaFacts(kind: MediaKind, from: Fields, xml: Xml | null): MediaFacts {
  const prefix = mediaPrefixes[kind];
  const tag = tagOf(kind, xml);
  const path = known(from, `${prefix}_path`, 'path');
  const appmsg = find(xml, 'appmsg');
  const fileName = kind === 'FILE' ? (textAt(appmsg, 'title') ?? path?.split(/[/\\]/).at(-1) ?? null) : null;
  const seconds = count(attributeOf(tag, 'playlength'));
  return {
    name: fileName,
    mime: kind === 'VOICE' && known(from, 'voip_data', 'voice_hex', 'voice_data') !== null ? 'audio/silk' : null,
    size:
      count(known(from, `${prefix}_len`)) ??
      count(attributeOf(tag, 'length', 'len') ?? textAt(appmsg, 'appattach', 'totallen')),
    width: kind === 'EMOJI' ? count(attributeOf(tag, 'width')) : null,
    height: kind === 'EMOJI' ? count(attributeOf(tag, 'height')) : null,
    durationMs: count(attributeOf(tag, 'voicelength')) ?? (seconds === null ? null : seconds * 1000),
    upstreamPath: path === null ? null : plainPath(path),
    // An emoji is fetched from its address, a voice by the client's id of it.
    upstreamMediaId:
      known(from, 'gif_url') ??
      attributeOf(tag, 'cdnurl', 'clientmsgid', 'md5', 'aeskey') ??
      textAt(appmsg, 'appattach', 'attachid'),
  };
}

/** The client's id of a voice, by which WeChat gives its bytes. */
export function voiceId(xml: Xml | null): string | null {
  return attributeOf(tagOf('VOICE', xml), 'clientmsgid');
}

/** What the newest builds want to know for a download of a picture, a video or a file. */
export type DownloadKey = { aeskey: string; fileid: string; largesVideo: 0 | 1 };

/** Where WeChat keeps a picture, a video or a file, and what opens it; null where the XML does not tell both. */
export function downloadKey(xml: Xml | null): DownloadKey | null {
  const image = tagOf('IMAGE', xml);
  const video = tagOf('VIDEO', xml);
  const attached = find(xml, 'appmsg', 'appattach');
  const aeskey =
    attributeOf(image, 'aeskey', 'cdnthumbaeskey') ??
    attributeOf(video, 'aeskey', 'cdnrawvideoaeskey') ??
    textAt(attached, 'aeskey');
  const fileid =
    attributeOf(image, 'cdnmidimgurl', 'cdnbigimgurl') ??
    attributeOf(video, 'cdnvideourl', 'cdnrawvideourl') ??
    textAt(attached, 'cdnattachurl');
  if (aeskey === null || fileid === null) return null;
  return { aeskey, fileid, largesVideo: attributeOf(video, 'cdnrawvideourl') === null ? 0 : 1 };
}

/** Whether `fetchMedia` gets media that were not posted along. `canDownload`: the build serves what it downloads. */
export function isFetchable(kind: MediaKind, xml: Xml | null, canDownload: boolean): boolean {
  if (kind === 'EMOJI') return tagOf('EMOJI', xml) !== null;
  if (kind === 'VOICE') return voiceId(xml) !== null;
  return canDownload && downloadKey(xml) !== null;
}

/** What a second post about the same media holds as well, and nothing else does. */
export function fingerprint(kind: MediaKind, xml: Xml | null): string | null {
  const mark = attributeOf(tagOf(kind, xml), 'md5', 'aeskey', 'clientmsgid') ?? textAt(xml, 'appmsg', 'md5');
  return mark !== null && mark.length >= 8 ? mark : null;
}

/** The kind of media that a post without a type is about; null where it tells of none. */
export function mediaKindOf(from: Fields, xml: Xml | null): MediaKind | null {
  const kinds = Object.keys(mediaPrefixes) as MediaKind[];
  return (
    kinds.find((kind) => tagOf(kind, xml) !== null) ??
    kinds.find((kind) => Object.keys(from).some((name) => name.startsWith(`${mediaPrefixes[kind]}_`))) ??
    (known(from, 'voip_data') === null ? null : 'VOICE')
  );
}

function tagOf(kind: MediaKind, xml: Xml | null): Xml | null {
  if (kind === 'IMAGE') return find(xml, 'img');
  if (kind === 'VOICE') return find(xml, 'voicemsg');
  if (kind === 'VIDEO') return find(xml, 'videomsg');
  return kind === 'EMOJI' ? find(xml, 'emoji') : find(xml, 'appmsg');
}

/** Some posts escape the backslashes of a path twice. */
function plainPath(path: string): string {
  return /^[A-Za-z]:\\\\/.test(path) ? path.replaceAll('\\\\', '\\') : path;
}
