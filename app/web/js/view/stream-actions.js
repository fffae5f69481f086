/** What can be done to a stream and not undone: each asks first, and says how it went. */

import { Refused, deleteStream, resetStream } from "../net/api.js";
import { confirmed } from "./confirm.js";
import { toast } from "./toast.js";

/** @param {import("../model/stream.js").Stream} stream @param {import("../main.js").Page} page */
export async function deleteAsked(stream, page) {
  const text = "Its tracks and counts are gone. A client that goes on sending opens it anew.";
  if (!(await confirmed({ title: `Delete ${stream.id}?`, text, action: "Delete" }))) return;
  if (stream.sender) return void stream.sender.stop();
  await attempt(async () => {
    await deleteStream(stream.id);
    page.store.remove(stream.id);
  }, `Deleted ${stream.id}.`);
}

/** @param {import("../model/stream.js").Stream} stream @param {import("../main.js").Page} page */
export async function resetAsked(stream, page) {
  const text = "A new epoch begins: no track lives on, ids start again at 1.";
  if (!(await confirmed({ title: `Reset ${stream.id}?`, text, action: "Reset" }))) return;
  await attempt(async () => {
    await resetStream(stream.id);
    await page.refresher.now();
  }, `Reset ${stream.id}.`);
}

/** @param {() => Promise<void>} action @param {string} done */
export async function attempt(action, done) {
  try {
    await action();
    toast(done);
  } catch (error) {
    toast(error instanceof Refused ? error.message : "The server does not answer.", "bad");
  }
}
