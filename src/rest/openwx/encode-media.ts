/** Media of a message as Openwx posts them. */
import type { App } from '../../resolvers/app.ts';
import { showId } from '../../resolvers/ids.ts';
import type { Loaders } from '../../resolvers/load.ts';
import type { Loaded } from '../../resolvers/loader.ts';
import { mediaUrlOf } from '../../resolvers/media/media-address.ts';
import { readBytes } from '../../resolvers/media/read-bytes.ts';
import type { Media } from '../../resolvers/media/read-media.ts';
import type { Message } from '../../resolvers/shapes.ts';
import { waitForMedia } from '../../resolvers/media/wait-for-media.ts';
import type { MediaFacts } from '../../words.ts';
import type { JsonObject } from './json.ts';
import { type MediaType, mediaTypes, showMediaId, typeOfKind } from './media.ts';

/** Larger media are told without their bytes; Mojo-Weixin itself stops at 20 MiB. */
const maxDataBytes = 25 * 1024 * 1024;

const words: Record<MediaType, string> = {
  image: '[图片]',
  voice: '[语音]',
  video: '[视频]',
  microvideo: '[小视频]',
  emoticon: '[表情]',
  file: '[文件]',
};

/**
 * The fields of a message with media. Where their bytes are asked for they are waited for a little, as Mojo-Weixin posts a picture when
 * it has it. `media_path`, a file of its own disk there, is an address of the gateway that holds for ten minutes.
 */
export async function mediaFields(
  app: App,
  loaders: Loaders,
  message: Message,
  facts: MediaFacts,
  withData: boolean,
): Promise<JsonObject> {
  const type = typeOfKind(message.kind);
  const media = (await sentMedia(loaders, message)) ?? (await ownMedia(app, loaders, message, withData));
  const id = media === null ? null : showId('media', media.id);
  const stored = media?.stored ?? null;
  const path = stored === null || id === null ? '' : mediaUrlOf(app, id);
  const mime = media?.mime ?? facts.mime ?? '';
  const name = media?.name ?? facts.name ?? '';
  const size = media?.size ?? facts.size;
  const bytes = withData && stored !== null ? await readBytes(app, stored, maxDataBytes) : null;
  return {
    format: 'media',
    content: path === '' ? words[type] : `${words[type]}(${path})`,
    media_code: mediaTypes[type].code,
    media_ext: extensionOf(name, mime),
    media_id: id === null ? '' : showMediaId(id, type),
    media_mime: mime,
    media_mtime: String(Math.floor(message.sentAt / 1000)),
    media_name: name,
    media_path: path,
    media_size: size === null ? '' : String(size),
    media_type: type,
    ...(bytes && { media_data: base64Lines(bytes.toString('base64')) }),
  };
}

/** What a send of this gateway carried is here, whatever its upstream gives of the message that came back. */
async function sentMedia(loaders: Loaders, { sendId }: Message): Promise<Media | null> {
  const line = sendId === null ? null : await loaders.log.load(sendId);
  return line !== null && 'mediaId' in line.content ? loaders.media.load(line.content.mediaId) : null;
}

function ownMedia(app: App, loaders: Loaders, message: Message, withData: boolean): Loaded<Media | null> {
  return withData ? waitForMedia(app, message) : loaders.mediaOfMessage.load(message.seq);
}

/** Of the name, else of the type: `jpeg` is `jpg` to Openwx. */
function extensionOf(name: string, mime: string): string {
  const [, ofName] = /\.([A-Za-z\d]{1,16})$/.exec(name) ?? [];
  if (ofName !== undefined) return ofName;
  const [, ofMime = ''] = /^(?:image|audio|video)\/([a-z\d]+)$/.exec(mime) ?? [];
  return ofMime === 'jpeg' ? 'jpg' : ofMime;
}

/** Lines of 76 characters, each with a newline, as Perl's encoder writes them. */
export function base64Lines(base64: string): string {
  return base64.replace(/.{1,76}/g, '$&\n');
}
