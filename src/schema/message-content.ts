/** What a message holds. */
import { showId } from '../resolvers/ids.ts';
import { type Media, readMediaUrl, readWavUrl } from '../resolvers/media/read-media.ts';
import type { Message } from '../resolvers/shapes.ts';
import { certain } from '../resolvers/loader.ts';
import type { MediaStatus, MessageContent } from '../words.ts';
import { builder } from './builder.ts';
import { NodeInterface } from './node.ts';
import { MessageRef } from './refs.ts';

/** A content, with the message that it belongs to. */
type Content<Type extends MessageContent['type'] = MessageContent['type']> = {
  message: Message;
  content: Extract<MessageContent, { type: Type }>;
};

const MediaStatusEnum = builder.enumType('MediaStatus', {
  description: "How the gateway's copy of media stands.",
  values: {
    PENDING: { description: 'To be fetched.' },
    READY: { description: 'At `url`.' },
    FAILED: { description: 'It could not be fetched.' },
    EXPIRED: { description: 'WeChat no longer has it.' },
    UNAVAILABLE: { description: 'Its upstream does not give it.' },
  } satisfies Record<MediaStatus, object>,
});

/** Upstreams tell any number; one that an Int cannot hold must not make the message fail. */
function intOf(value: number | null): number | null {
  const whole = value === null ? null : Math.round(value);
  return whole !== null && Math.abs(whole) < 2 ** 31 ? whole : null;
}

const MediaRef = builder.objectRef<Media>('Media').implement({
  description: 'A picture, voice, video, file or sticker.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (media) => showId('media', media.id) }),
    status: t.expose('status', { type: MediaStatusEnum, description: "How the gateway's copy stands." }),
    name: t.exposeString('name', { nullable: true, description: "The file's name." }),
    mime: t.exposeString('mime', {
      nullable: true,
      description:
        'Media type, such as image/jpeg: as the bytes say once they are READY, before that as the upstream tells.',
    }),
    size: t.int({
      nullable: true,
      description: 'Bytes; null where it is not told or beyond what an Int holds.',
      resolve: (media) => intOf(media.size),
    }),
    width: t.int({ nullable: true, description: 'Pixels.', resolve: (media) => intOf(media.width) }),
    height: t.int({ nullable: true, description: 'Pixels.', resolve: (media) => intOf(media.height) }),
    durationMs: t.int({
      nullable: true,
      description: 'Milliseconds, of voice and video.',
      resolve: (media) => intOf(media.durationMs),
    }),
    url: t.string({
      nullable: true,
      description: 'An address of this gateway that needs no header and lives for ten minutes; null until READY.',
      resolve: (media, _, { app }) => readMediaUrl(app, media),
    }),
    wavUrl: t.string({
      nullable: true,
      description:
        'Of a voice in SILK, which browsers do not play: the same as WAV, at an address like `url`. Null for other media, and for a voice of more than 1 MiB; nothing is there for one that is broken or longer than five minutes.',
      resolve: (media, _, { app }) => readWavUrl(app, media),
    }),
    upstreamPath: t.exposeString('upstreamPath', { nullable: true, description: "Path on the upstream's own disk." }),
  }),
});

const TextContent = builder.objectRef<Content<'Text'>>('TextContent').implement({
  description: 'Text.',
  fields: (t) => ({ text: t.string({ description: 'The text.', resolve: ({ content }) => content.text }) }),
});

const MediaContent = builder.objectRef<Content<'Media'>>('MediaContent').implement({
  description: 'Of IMAGE, VOICE, VIDEO, FILE and EMOJI.',
  fields: (t) => ({
    media: t.field({
      type: MediaRef,
      description: 'What is known of it.',
      resolve: ({ message }, _, { loaders }) => certain(loaders.mediaOfMessage.load(message.seq)),
    }),
  }),
});

const CardContent = builder.objectRef<Content<'Card'>>('CardContent').implement({
  description: "Someone's contact card.",
  fields: (t) => ({
    wxid: t.string({ nullable: true, description: 'Whose.', resolve: ({ content }) => content.wxid }),
    name: t.string({ nullable: true, description: 'Their name.', resolve: ({ content }) => content.name }),
    avatarUrl: t.string({ nullable: true, description: 'Their picture.', resolve: ({ content }) => content.avatarUrl }),
  }),
});

const LocationContent = builder.objectRef<Content<'Location'>>('LocationContent').implement({
  description: 'A place.',
  fields: (t) => ({
    latitude: t.float({ nullable: true, description: 'Degrees.', resolve: ({ content }) => content.latitude }),
    longitude: t.float({ nullable: true, description: 'Degrees.', resolve: ({ content }) => content.longitude }),
    label: t.string({ nullable: true, description: 'Its name or address.', resolve: ({ content }) => content.label }),
  }),
});

const LinkContent = builder.objectRef<Content<'Link'>>('LinkContent').implement({
  description: 'Of LINK and MINI_PROGRAM.',
  fields: (t) => ({
    title: t.string({ nullable: true, description: 'Its title.', resolve: ({ content }) => content.title }),
    description: t.string({
      nullable: true,
      description: 'What it says of itself.',
      resolve: ({ content }) => content.description,
    }),
    url: t.string({ nullable: true, description: 'Where it leads.', resolve: ({ content }) => content.url }),
    appName: t.string({
      nullable: true,
      description: 'The app that shared it.',
      resolve: ({ content }) => content.appName,
    }),
    appId: t.string({
      nullable: true,
      description: "WeChat's id of that app.",
      resolve: ({ content }) => content.appId,
    }),
    thumbnailUrl: t.string({
      nullable: true,
      description: 'A small picture.',
      resolve: ({ content }) => content.thumbnailUrl,
    }),
  }),
});

const QuoteContent = builder.objectRef<Content<'Quote'>>('QuoteContent').implement({
  description: 'Text that quotes another message.',
  fields: (t) => ({
    text: t.string({ description: 'The text.', resolve: ({ content }) => content.text }),
    quotedUpstreamId: t.string({
      nullable: true,
      description: "The upstream's id of the quoted message.",
      resolve: ({ content }) => content.quotedUpstreamId,
    }),
    quotedText: t.string({
      nullable: true,
      description: 'What it said.',
      resolve: ({ content }) => content.quotedText,
    }),
    quoted: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The quoted message, where the gateway has it.',
      resolve: ({ message, content }, _, { loaders }) =>
        content.quotedUpstreamId === null
          ? null
          : loaders.messageByUpstreamId.load({ accountId: message.accountId, upstreamId: content.quotedUpstreamId }),
    }),
  }),
});

const FriendRequestContent = builder.objectRef<Content<'FriendRequest'>>('FriendRequestContent').implement({
  description: 'Someone asks to become a friend.',
  fields: (t) => ({
    wxid: t.string({ nullable: true, description: 'Who.', resolve: ({ content }) => content.wxid }),
    name: t.string({ nullable: true, description: 'Their name.', resolve: ({ content }) => content.name }),
    greeting: t.string({ nullable: true, description: 'What they say.', resolve: ({ content }) => content.greeting }),
    ticket: t.string({
      nullable: true,
      description: 'What the upstream wants back when the request is accepted.',
      resolve: ({ content }) => content.ticket,
    }),
  }),
});

const RevokeContent = builder.objectRef<Content<'Revoke'>>('RevokeContent').implement({
  description: 'Another message was revoked.',
  fields: (t) => ({
    revokedUpstreamId: t.string({
      nullable: true,
      description: "The upstream's id of the revoked message.",
      resolve: ({ content }) => content.revokedUpstreamId,
    }),
    notice: t.string({
      nullable: true,
      description: 'What WeChat says of it.',
      resolve: ({ content }) => content.notice,
    }),
    revoked: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The revoked message, where the gateway has it.',
      resolve: ({ message, content }, _, { loaders }) =>
        content.revokedUpstreamId === null
          ? null
          : loaders.messageByUpstreamId.load({ accountId: message.accountId, upstreamId: content.revokedUpstreamId }),
    }),
  }),
});

const SystemContent = builder.objectRef<Content<'System'>>('SystemContent').implement({
  description: 'Of SYSTEM, TRANSFER, RED_PACKET and CALL.',
  fields: (t) => ({
    notice: t.string({ description: 'What WeChat says.', resolve: ({ content }) => content.notice }),
  }),
});

const UnknownContent = builder.objectRef<Content<'Unknown'>>('UnknownContent').implement({
  description: 'Of a type that this gateway does not know.',
  fields: (t) => ({
    type: t.string({ description: "The upstream's own type code.", resolve: ({ content }) => content.upstreamType }),
  }),
});

export const MessageContentUnion = builder.unionType('MessageContent', {
  description:
    'What a message holds. Members may be added at any time: show `Message.text` for one that you do not know.',
  types: [
    TextContent,
    MediaContent,
    CardContent,
    LocationContent,
    LinkContent,
    QuoteContent,
    FriendRequestContent,
    RevokeContent,
    SystemContent,
    UnknownContent,
  ],
  resolveType: (value) => `${(value as Content).content.type}Content`,
});
