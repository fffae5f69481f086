/** Takes from the server what happened before this page was there, or while it was away. */

import { listEvents } from "../net/api.js";

/** @param {import("./event-book.js").EventBook} book */
export async function recallEvents(book) {
  try {
    const { items, missed } = await listEvents(book.newest);
    book.recall(items, missed);
  } catch {
    // The link tells when the server is gone; what happens from now on is heard anyway.
  }
}
