/**
 * What was watched of a film, as the xAPI video profile writes it: "0.000[.]12.500[,]20.000[.]31.000".
 * Stretches that touch or overlap are one; watching a stretch again adds nothing.
 */
export class Segments {
  constructor() {
    this.done = []; // [from, to], sorted, never touching
    this.open = null; // the stretch that is playing
    this.watched = 0; // seconds of play in all, repeats included: what the fifteen seconds are counted in
  }

  /** Playing starts at `time`. */
  begin(time) {
    this.end();
    this.open = [time, time];
  }

  /** Playing has come to `time`. */
  at(time) {
    if (!this.open) return;
    if (time > this.open[1]) {
      this.watched += time - this.open[1];
      this.open[1] = time;
    }
  }

  /** Playing stops, or jumps. */
  end() {
    if (this.open && this.open[1] > this.open[0]) this.done = merged([...this.done, this.open]);
    this.open = null;
  }

  /** All stretches so far, the open one included. */
  text() {
    const all = this.open && this.open[1] > this.open[0] ? merged([...this.done, this.open]) : this.done;
    return all.map(([from, to]) => `${from.toFixed(3)}[.]${to.toFixed(3)}`).join("[,]");
  }
}

/** The stretches in order, those that touch joined; a hair's breadth between two is the clock's, not the person's. */
function merged(stretches) {
  const result = [];
  for (const [from, to] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1] + 0.25) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
