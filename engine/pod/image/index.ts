/**
 * Image: the one scanner image, named by a hash of everything that goes into it and built only when that hash is new.
 * Enters: scanners/image (Containerfile, recipe), our sources, the installed production dependencies. Leaves: an image in the
 * engine's own Podman storage. Called by engine/pod/preflight and engine/run. It must never touch another image than ours.
 */
export { ensureImage, imageExists, imageRef } from './ensure-image.ts';
export { saveImage, takeImage } from './hand-over.ts';
export { proxySettings } from './base.ts';
export { linuxNode } from './node-binary.ts';
export { packagedParts } from './packaged.ts';
export { readRecipe } from './recipe.ts';
