export interface Position {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 code units. */
  column: number;
}

/** Turns offsets of a text into lines and columns, and back. A line ends with `\n`. */
export class Lines {
  private readonly text: string;
  private startList: readonly number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Where each line begins. They are searched for when they are first asked for. */
  private get starts(): readonly number[] {
    if (!this.startList) {
      const starts = [0];
      for (let i = this.text.indexOf('\n'); i >= 0; i = this.text.indexOf('\n', i + 1)) starts.push(i + 1);
      this.startList = starts;
    }
    return this.startList;
  }

  locate(offset: number): Position {
    const { starts } = this;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** @throws RangeError where the text has no such line */
  offsetOf({ line, column }: Position): number {
    const start = this.starts[line - 1];
    if (start === undefined) throw new RangeError(`there is no line ${line}`);
    return start + column - 1;
  }
}

/** Where the first line of a range ends: before its line end, or where the range ends. */
export function firstLineEnd(text: string, start: number, end: number): number {
  const newline = text.indexOf('\n', start);
  if (newline < 0 || newline >= end) return end;
  return newline > start && text[newline - 1] === '\r' ? newline - 1 : newline;
}
