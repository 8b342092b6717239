/** What limits each row, as CPU and heap profiles of it show (`-- --profile DIR`); by the row's name. */
export const limits: Readonly<Record<string, string>> = {
  'fan-out':
    'One event: a write to each socket is two fifths of the time, the copy of the frame for each socket a twelfth, the commit of the event, ' +
    'which is flushed to the disk before anybody sees it and holds everything up meanwhile, a ninth and more where the disk is busy. The raw ' +
    'broadcast stores nothing. A burst is one commit and one write for each socket, which is why it is far beyond the raw one.',
  idle:
    'Of 26 kB of heap for a subscription, 7.6 kB are the loaders in the context of its operation: all fourteen are made for each subscription, and ' +
    'none is used, since each event gets a context of its own. 4.6 kB are the upgraded socket, about 5 kB the contexts, iterators and ' +
    'promises of graphql-ws and of the GraphQL server around it, about 5 kB the follower: its watch, its signals and its place in the group.',
  filtered:
    'The same as of the idle subscription, without the socket and with a group for each. No SQL: an event is found by the index of interests and ' +
    'executed from memory, where it is wanted at all.',
  ingest:
    'Of the CPU time of a callback two fifths are SQLite: its statements, and writing the pages of the commit, of which 64 messages change 160 ' +
    '(58 of them hold keys, as ids come in no order; 40 are of the indexes by account and by chat). A fifth is HTTP, a sixteenth the write of ' +
    'the answer to its socket, a twelfth reading the body. While the commit is flushed nothing else is done, which on a busy disk is more ' +
    'than all of that; bare HTTP has none.',
  latency:
    'The time in which the event loop is held, mostly by commits: one message alone changes 21 pages of 4 kB, which are written and flushed; in a batch of 64 ' +
    'a message costs an eighth of that.',
  query:
    'In microseconds of CPU of about 780: reading and shaping the rows 230, half of it the 25 columns of a line of which the query asks for seven; ' +
    'HTTP with the token and what the GraphQL server does before it executes 95; executing the document 200; making the JSON of it 50; ' +
    'writing the answer is the rest.',
  replay:
    'In microseconds of CPU of about 28 for a message: SQL and shaping 4, executing the document and waiting for what it loads 14, ' +
    'making the JSON of it 2; the promises and the frames around it and the socket are the rest.',
  pages:
    'Pages and statistics are one index look-up. Text search without an index reads messages until the page is full.',
  storm:
    'Executing each event once for all, then writes. Pages are shared for a second: who comes later reads them anew.',
  start: 'Loading the code is nearly all of it.',
};
