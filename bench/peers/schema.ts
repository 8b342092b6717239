/** The part of the schema that peers serve, for the same document and an answer of the same size. */
export const peerSchema = `
  type Query { logs(first: Int): Logs! }
  type Subscription { messageReceived: Message! }
  type Message { id: ID! text: String! sentAt: String! account: Account! sender: Sender! }
  type Account { id: ID! }
  type Sender { displayName: String! }
  type Logs { nodes: [Log!]! }
  type Log { id: ID! receiver: String! type: String! status: String! content: String! attempts: Int! createdAt: String! }
`;

/** The n-th message of a peer. */
export function peerMessage(n: number): object {
  return {
    id: `msg_${n}`,
    text: '明天下午三点在三楼会议室开会，请大家带上上周的报表。',
    sentAt: new Date().toISOString(),
    account: { id: '00001' },
    sender: { displayName: '朋友17' },
  };
}
