/** What `avatarUrl` is, wherever it stands. */
export const avatarDescription =
  'The picture: an address of this gateway, which fetches and keeps it; needs no header and lives for ten minutes. Null where there is none to be had.';
