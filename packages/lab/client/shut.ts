/** WebRTC is the one way out of a page that its policy does not close: no browser knows the directive yet. */

const WEBRTC = /^(?:webkit|moz)?RTC/;

/** Takes the constructors away, which nothing here needs. It cannot be undone. */
export function shutWebRtc(): void {
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (WEBRTC.test(name)) Reflect.deleteProperty(globalThis, name);
  }
}
