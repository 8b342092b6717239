/** What may be asked of a webhook. */

/** Of one gateway. Each costs a task that waits, and a connection while it posts. */
export const mostWebhooks = 1_000;
