/** Sends of media: as bytes in hexadecimal, from an address, from the gateway's media folders, or from the hook's own disk. */
import type { GivenContent, GivenMedia } from '../../resolvers/send/send-content.ts';
import { uploadMedia } from '../../resolvers/media/upload-media.ts';
import type { MediaSendType } from '../../words.ts';
import type { Answer, Call } from './call.ts';
import { receiverNames, send, shown, withId } from './send.ts';

export const sendPicture = sendMedia('IMAGE', 'picpath');
export const sendFile = sendMedia('FILE', 'filepath');
export const sendVideo = sendMedia('VIDEO', 'videopath');
/** An animation is a picture to whoever gets it. */
export const sendAnimation = sendMedia('IMAGE', 'gifpath');

/** Answers the message's id. How long it is stands in the voice itself. */
export const sendVoice: Answer = async (call) => {
  const to = call.params.wxid(...receiverNames);
  return withId(
    call,
    await send(call, to, await readContent(call, 'VOICE', 'voice_file', ['fileData', 'voice_hex'])),
    '',
  );
};

function sendMedia(type: MediaSendType, pathName: string): Answer {
  return async (call) => {
    const to = call.params.wxid(...receiverNames);
    return shown(call, await send(call, to, await readContent(call, type, pathName, ['fileData'])));
  };
}

async function readContent(
  call: Call,
  type: MediaSendType,
  pathName: string,
  bytesNames: readonly string[],
): Promise<GivenContent> {
  const { app, caller, params } = call;
  const givenName = params.optionalText('diyfilename');
  const bytes = bytesNames.map((name) => params.optionalBytes(name)).find((one) => one !== null);
  if (bytes) {
    const name = givenName ?? params.optionalText(pathName);
    const { id } = await uploadMedia(app, caller, { chunks: [bytes], name });
    return { type, media: { from: 'mediaId', place: id } };
  }
  const place = params.text(pathName).trim();
  return { type, media: { from: placeOf(place), place, ...(givenName !== null && { name: givenName }) } };
}

/** A path of Windows is one of the hook's computer: an account of another driver has no such disk. */
function placeOf(place: string): GivenMedia['from'] {
  if (/^https?:\/\//i.test(place)) return 'url';
  return /^(?:[a-z]:[\\/]|\\\\)/i.test(place) ? 'upstreamPath' : 'path';
}
