/** What an old system posts, or might post, to see whether an address takes it: nothing that a receiver would act upon. */

export const testEvents = {
  /** A change of state that is none. */
  OPENWX: () => JSON.stringify({ post_type: 'event', event: 'state_change', params: ['running', 'running'] }),
  /** The code by which E云 itself tries an address. */
  ECLOUD: () => JSON.stringify({ account: '', data: {}, messageType: '00000', wcId: '' }),
  /** A post without any message. */
  PCHOOK: () => JSON.stringify({ ServerPort: '', selfwxid: '', sendorrecv: '2', msgnumber: '0', msglist: [] }),
} as const;
