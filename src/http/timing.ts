/** Times and limits of connections. Tests shorten them; nothing else does. */
export type Timing = {
  /** How long a socket may take to say who it is. */
  initWaitMs: number;
  /** A ping this often; a peer that did not answer the last one is dead. */
  keepAliveMs: number;
  /** No byte taken for so long: the reader is gone. */
  stallMs: number;
  /** How much longer it may take to read why its socket is closed. */
  closeWaitMs: number;
  /** How often sockets are looked at. */
  sweepMs: number;
  /** How often the credential behind an open connection is checked again. */
  recheckMs: number;
  /** How often a quiet socket is told its position. */
  positionMs: number;
  /** A comment this often on an event stream. */
  heartbeatMs: number;
  maxSubscriptionsPerSocket: number;
  maxFrameBytes: number;
  messagesPerMinute: number;
  unauthenticatedPerAddress: number;
  /** Of callbacks that are under way together. */
  callbackBytes: number;
  executionMs: number;
  /** How long a stop waits for requests that are under way. */
  graceMs: number;
};

export const defaultTiming: Timing = {
  initWaitMs: 3000,
  keepAliveMs: 12_000,
  stallMs: 10_000,
  closeWaitMs: 2000,
  sweepMs: 1000,
  recheckMs: 4000,
  positionMs: 30_000,
  heartbeatMs: 15_000,
  maxSubscriptionsPerSocket: 32,
  maxFrameBytes: 65_536,
  messagesPerMinute: 100,
  unauthenticatedPerAddress: 50,
  callbackBytes: 64 * 1024 * 1024,
  executionMs: 10_000,
  graceMs: 15_000,
};
