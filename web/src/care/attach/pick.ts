// What was dropped or chosen, as files with their paths; and, where the browser has them, the handles to open it again.

/** A file to be sent. */
export interface Picked { file: File; path: string }
/** A file or folder that the browser may open again after a reload, when the person says yes. */
export type Handle = FileSystemFileHandle | FileSystemDirectoryHandle;

interface Entry { isFile: boolean; isDirectory: boolean; fullPath: string }
interface FileEntry extends Entry { file(done: (file: File) => void, failed: (error: unknown) => void): void }
interface FolderEntry extends Entry { createReader(): { readEntries(done: (entries: Entry[]) => void, failed: (error: unknown) => void): void } }
type Window = typeof globalThis & {
  showOpenFilePicker?(options: { multiple: boolean }): Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?(): Promise<FileSystemDirectoryHandle>;
};
type Item = DataTransferItem & { getAsFileSystemHandle?(): Promise<Handle | null> };

/** Opened at a time: tens of thousands of files are not asked for all at once. */
const AT_ONCE = 64;

/** All files of what was dropped, folders too; `handles` come when the browser gives them. */
export async function dropped(data: DataTransfer): Promise<{ files: Picked[]; handles: Handle[] }> {
  // Both lists are only there until the event has been handled: asked for before anything is waited for.
  const roots = [...data.items].map((item) => item.webkitGetAsEntry() as Entry | null).filter((entry): entry is Entry => entry !== null);
  const asked = Promise.all([...data.items].filter((item) => item.kind === 'file').map((item) => (item as Item).getAsFileSystemHandle?.().catch(() => null) ?? null));
  const loose = [...data.files];
  const handles = (await asked).filter((handle): handle is Handle => handle !== null);
  if (!roots.length) return { files: loose.map((file) => ({ file, path: file.name })), handles };
  const found: FileEntry[] = [];
  const folders = roots.filter((entry) => entry.isDirectory) as FolderEntry[];
  found.push(...(roots.filter((entry) => entry.isFile) as FileEntry[]));
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const reader = folder.createReader();
    for (;;) {
      const some = await new Promise<Entry[]>((done, failed) => reader.readEntries(done, failed));
      if (!some.length) break;
      for (const one of some) (one.isDirectory ? folders : found).push(one as FolderEntry & FileEntry);
    }
  }
  return { files: await opened(found), handles };
}

async function opened(entries: FileEntry[]): Promise<Picked[]> {
  const files: Picked[] = [];
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    const some = entries.slice(at, at + AT_ONCE).map(async (entry) => ({ file: await new Promise<File>((done, failed) => entry.file(done, failed)), path: entry.fullPath.replace(/^\//, '') }));
    files.push(...(await Promise.all(some)));
  }
  return files;
}

/** What a dialog gave. The path of each is asked for when its turn comes: for tens of thousands that takes seconds. */
export function chosen(list: FileList | null): Iterable<Picked> {
  // The list is the input's own and empties with it.
  const files = [...(list ?? [])];
  return { *[Symbol.iterator]() { for (const file of files) yield { file, path: file.webkitRelativePath || file.name }; } };
}

/** Asks for files or a folder by handle; none where the browser has no such dialog, or the person has changed their mind. */
export async function ask(what: 'files' | 'folder'): Promise<Handle[] | null> {
  const { showOpenFilePicker, showDirectoryPicker } = window as Window;
  try {
    if (what === 'files') return showOpenFilePicker ? await showOpenFilePicker.call(window, { multiple: true }) : null;
    return showDirectoryPicker ? [await showDirectoryPicker.call(window)] : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return [];
    return null;
  }
}

/** Every file under some handles. */
export async function under(handles: Handle[]): Promise<Picked[]> {
  const files: Picked[] = [];
  const visit = async (handle: Handle, path: string): Promise<void> => {
    if (handle.kind === 'file') {
      files.push({ file: await (handle as FileSystemFileHandle).getFile(), path });
      return;
    }
    const folder = handle as FileSystemDirectoryHandle & { values(): AsyncIterable<Handle> };
    for await (const one of folder.values()) await visit(one, `${path}/${one.name}`);
  };
  for (const handle of handles) await visit(handle, handle.name);
  return files;
}
