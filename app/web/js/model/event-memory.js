/** Takes from the server what happened before this page was there, or while it was away. */

import { EVENTS_PAGE, listEvents } from "../net/api.js";

const MOST_PAGES = 20; // as many as a server keeps; more means that it never ends

/** @param {import("./event-book.js").EventBook} book */
export async function recallEvents(book) {
  try {
    let since = book.newest;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { items, missed, next_cursor } = await listEvents(since);
      book.recall(items, missed);
      if (since === null || items.length < EVENTS_PAGE) return;
      since = Number(next_cursor);
    }
  } catch {
    // The link tells when the server is gone; what happens from now on is heard anyway.
  }
}
