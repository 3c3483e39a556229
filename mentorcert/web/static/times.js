/** Times in a film, as people write them. */

const TIME = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5})(?:\.\d+)?$/;

/** Seconds as 2:41, or 1:02:41. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const pad = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** The seconds of 12:26, 1:02:03 or 746; null of anything else. */
export function secondsOf(text) {
  const said = TIME.exec(text.trim());
  return said ? Number(said[1] ?? 0) * 3600 + Number(said[2] ?? 0) * 60 + Number(said[3]) : null;
}
