/** A moment for lists: today by the clock, else by the day. In the reader's own time and words. */
export function moment(milliseconds: number, now = Date.now()): string {
  const date = new Date(milliseconds);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return isToday
    ? `today ${date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}`
    : date.toLocaleString(undefined, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
      });
}

/** The clock's time to the second, as in `12:04:31`. */
export function clock(milliseconds: number): string {
  return new Date(milliseconds).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** A short stretch of time to a tenth of a second, as in `0.4 s`. */
export function shortStretch(milliseconds: number): string {
  return milliseconds < 10_000 ? `${(milliseconds / 1000).toFixed(1)} s` : stretch(milliseconds);
}

/** A stretch of time, as in `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function stretch(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
