/** What is shown of a video until it plays, for upstreams that want to be given it: 160 by 90 dark pixels. */
import { createHash } from 'node:crypto';

/** In the place of the id of an object, in an address of media. */
export const coverId = 'cover';

export const coverMime = 'image/jpeg';

export const coverBytes: Uint8Array = Buffer.from(
  `/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAj/wAAL
CABaAKABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AJSAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/2Q==`,
  'base64',
);

export const coverSha256 = createHash('sha256').update(coverBytes).digest('hex');
