/** What has to be known of a camera: its address, and what goes with that kind of address. */

import { checkField, choiceField, textField } from "./form-fields.js";

const NEW =
  "rtsp:, http: or https: of a camera, file: below the operator's folder, or demo:?seed=1 for a drawn street.";
const KNOWN = "Leave it empty to keep the address. What was typed before, a password above all, is never shown again.";

export class CameraForm {
  /** @param {import("../model/stream.js").Stream | undefined} stream @param {string} name  proposed for a new one */
  constructor(stream, name) {
    const given = stream?.view?.settings.source ?? {};
    this.before = stream?.view?.source?.url ?? "";
    const example = this.before || "rtsp://user:password@10.0.0.7/stream1";
    this.url = textField("Address", "camera-url", "", stream ? KNOWN : NEW, { placeholder: example, autofocus: true });
    this.name = textField("Name", "camera-name", stream?.id ?? name, "", { readonly: stream !== undefined });
    const ways = { tcp: "TCP, loses nothing", udp: "UDP" };
    this.transport = choiceField("RTSP over", "camera-transport", ways, given.transport);
    const paces = { realtime: "as recorded", fast: "as fast as possible" };
    this.pace = choiceField("Pace", "camera-pace", paces, given.pace);
    this.loop = checkField("Begin a file again at its end", "camera-loop", given.loop === true);
    const hardware = "Decode on the graphics device if there is one";
    this.hardware = checkField(hardware, "camera-hardware", given.hardware === true);
    this.url.input.addEventListener("input", () => this.dress());
    this.dress();
  }

  /** The fields by where the server says that something is wrong. @returns {Record<string, import("./form-fields.js").Field>} */
  get places() {
    return { "/source/url": this.url, "/source/transport": this.transport, "/source/pace": this.pace };
  }

  get fields() {
    return [this.url, this.name, this.transport, this.pace, this.loop, this.hardware];
  }

  get address() {
    return this.url.input.value.trim();
  }

  get id() {
    return this.name.input.value.trim();
  }

  /** Show what goes with the kind of address that is being typed. */
  dress() {
    const kind = (this.address || this.before).split(":")[0].toLowerCase();
    this.transport.element.hidden = kind !== "rtsp" && kind !== "rtsps";
    this.pace.element.hidden = this.loop.element.hidden = kind !== "file" && kind !== "demo";
    this.hardware.element.hidden = kind === "demo" || kind === "";
  }

  /** What was said; what does not show was not. */
  settings() {
    const said = (/** @type {import("./form-fields.js").Field} */ { element }) => !element.hidden;
    return {
      ...(this.address && { url: this.address }),
      ...(said(this.transport) && { transport: this.transport.input.value }),
      ...(said(this.pace) && { pace: this.pace.input.value }),
      ...(said(this.loop) && { loop: this.loop.input.checked }),
      ...(said(this.hardware) && { hardware: this.hardware.input.checked }),
    };
  }
}
