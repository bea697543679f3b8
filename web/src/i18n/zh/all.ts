// Gathers every slice's words of this language; the file's name is the first part of the key.
const files = import.meta.glob<{ default: Record<string, unknown> }>(['./*.ts', '!./all.ts'], { eager: true });

export const words: Record<string, unknown> = Object.fromEntries(
  Object.entries(files).map(([path, file]) => [path.slice(2, -3), file.default]),
);
