/** Media on their way through a driver. */
import type { MediaFacts, MessageKind, Millis, SendType } from '../words.ts';

/** Media that an upstream posted along with their message. */
export type MediaBytes = { bytes: Uint8Array; mime: string | null };

/** Media on their way; read once. */
export type MediaBody = {
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** As it was told; never believed. */
  mime: string | null;
  name: string | null;
};

/** Media of a received message whose bytes are wanted. */
export type IncomingMedia = {
  kind: MessageKind;
  facts: MediaFacts;
  upstreamId: string | null;
  /** The conversation: the chat room, else the other person. */
  peerWxid: string;
  senderWxid: string;
  sentAt: Millis;
  /** The whole body of the message as the upstream told it, media in it left out. */
  raw: string;
};

/** What a send carries. */
export type OutgoingContent =
  { type: 'TEXT'; text: string } | { type: Exclude<SendType, 'TEXT'>; media: OutgoingMedia };

/** Media to send. A driver takes them in the form that its upstream understands, and refuses with UNSUPPORTED what it does not. */
export type OutgoingMedia = {
  /** The file's name, with its extension. */
  name: string;
  /** Sniffed. */
  mime: string;
  /** Bytes; null where they are not the gateway's. */
  size: number | null;
  /** Of voice and video, where it is known. */
  durationMs: number | null;
  source:
    /** The gateway has them: as bytes, and for some minutes at an address that needs no header. */
    | {
        at: 'GATEWAY';
        url: string;
        read(): Promise<Uint8Array>;
        /** Of a video: a JPEG of at most 50 kB, for upstreams that want a cover. */
        coverUrl: string | null;
      }
    /** A path on the upstream's own disk. */
    | { at: 'UPSTREAM'; path: string }
    /** What the upstream sent or received before, by its `mediaId`. */
    | { at: 'WECHAT'; mediaId: string };
};
