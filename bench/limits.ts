/** What limits each row, as CPU and heap profiles of it show (`-- --profile DIR`); by the row's name. */
export const limits: Readonly<Record<string, string>> = {
  'fan-out':
    'One event: three quarters of the time are a write to each socket, most of that in the system, whatever the form in which the bytes are given; ' +
    'a seventh is the commit of the event, which is flushed to the disk before anybody sees it and holds everything up meanwhile. The raw ' +
    'broadcast stores nothing. A burst is one commit and one write for each socket, which is why it is far beyond the raw one.',
  idle:
    'Of 7 kB of heap for a subscription with a socket of its own, 3 kB are the upgraded socket, as in the raw server, 3 kB what the gateway knows of ' +
    'it, less than 1 kB the subscription. What is below that in resident memory was there before: the young generation of a gateway that has worked. ' +
    '`npm start` keeps that to 24 MB a half; as Node has it, it grew to 80 MB and stayed so, 10 kB more for each of these.',
  filtered:
    'Below 3 kB of heap for each: what it wants, how it is shown, and its place in the index of interests. ' +
    'No SQL: an event is found by the index of interests and executed from memory, where it is wanted at all.',
  ingest:
    'Of the CPU time of a callback two fifths are SQLite: its statements, and writing the pages of the commit, of which 64 messages change 160 ' +
    '(58 of them hold keys, as ids come in no order; 40 are of the indexes by account and by chat). A fifth is HTTP, a sixteenth the write of ' +
    'the answer to its socket, a twelfth reading the body. While the commit is flushed nothing else is done, which on a busy disk is more ' +
    'than all of that; bare HTTP has none.',
  latency:
    'The time in which the event loop is held, mostly by commits: one message alone changes 21 pages of 4 kB, which are written and flushed; in a batch of 64 ' +
    'a message costs an eighth of that.',
  query:
    'In microseconds of CPU of about 370, where the bare server takes 130: reading and shaping the rows 85 (42 of them what the bare server reads, 16 the ' +
    'text of the statement, 12 the JSON in which a content is stored); HTTP with the token 80; what the GraphQL server does around the execution 25; ' +
    'executing the document 30, of which graphql itself would make 180; making the JSON and its bytes 50; writing the answer 60. The ratio is that of ' +
    'warm servers on cores of their own: beside other work the larger program loses more, down to 0.31.',
  replay:
    'In microseconds of CPU of about 6.5 for a message, where reading its row alone takes nearly 2: reading and shaping the row 2.5, of which the ' +
    '14 columns that nobody asks for here are one; executing the document 0.8, the accounts of a page of 500 (100 of them here) 0.6, making the JSON of ' +
    'it 0.9, bytes and frames 0.7, the write to the socket 0.8. Every 200 messages everything else has its turn.',
  pages:
    'Pages and statistics are one index look-up. Text is found by an index of pairs of characters and then looked at: the rare text stands in 500 of ' +
    '5,000,000 messages, so that a whole page of it is read, and in none or one of 5,000, which is what the ratio tells.',
  storm:
    'Each page is read and executed once for all, as long as clients come back for it; then it is the upgrades and the writes.',
  panel:
    'Three quarters of what the first page has the processor do is running its script: antd, React and the cache of answers in one file. ' +
    'Scrolling is virtual: what is drawn does not grow with what there is.',
  start: 'Loading the code is nearly all of it.',
};
