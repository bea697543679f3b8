// What changed between two versions of a text, sentence by sentence.
export interface Piece { kind: 'same' | 'added' | 'removed'; text: string }

/** Sentences and lines with what ends them, so that joined they are the text again. The dot of “1.” or “0.5” ends nothing. */
const sentences = (text: string): string[] => text.match(/[\s\S]+?(?:[。；;!?！？\n]+|(?<!\d)\.(?=\s)\s*|$)/g) ?? [];

/** The longest sentences in common stay; the rest was taken out or put in. */
export function changes(before: string, after: string): Piece[] {
  const [a, b] = [sentences(before), sentences(after)];
  // common[i][j]: sentences in common of a from i and b from j.
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  }
  const pieces: Piece[] = [];
  const put = (kind: Piece['kind'], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { put('same', a[i]); i += 1; j += 1; }
    else if (i < a.length && (j >= b.length || common[i + 1][j] >= common[i][j + 1])) { put('removed', a[i]); i += 1; }
    else { put('added', b[j]); j += 1; }
  }
  return pieces;
}
