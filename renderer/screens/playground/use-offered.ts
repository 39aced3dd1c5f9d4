import { useEffect } from 'react';
import { takeFile, takeText } from './take.ts';

/** Takes what is pasted or dropped anywhere in the window: an archive, a list of addresses, a link. */
export function useOffered(): void {
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const take = (data: DataTransfer | null) => {
      const [file] = data?.files ?? [];
      if (file) void takeFile(file);
      else takeText(data?.getData('text/uri-list') || data?.getData('text/plain') || '');
    };
    const onPaste = (event: ClipboardEvent) => {
      const field = event.target instanceof Element && event.target.matches('input, textarea');
      const hasFile = (event.clipboardData?.files.length ?? 0) > 0;
      if (event.defaultPrevented || (field && !hasFile)) return;
      event.preventDefault();
      take(event.clipboardData);
    };
    const onDragOver = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    };
    const onDrop = (event: DragEvent) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      take(event.dataTransfer);
    };
    window.addEventListener('paste', onPaste, { signal });
    window.addEventListener('dragover', onDragOver, { signal });
    window.addEventListener('drop', onDrop, { signal });
    return () => stop.abort();
  }, []);
}
