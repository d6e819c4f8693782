/** What the caller did wrong, in one line. */
export class UsageError extends Error {}
