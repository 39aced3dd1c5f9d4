import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { line, type Tree } from './tree.ts';

/** Another program that reads archives. */
export interface Reader {
  /** The command that must be there. */
  readonly tool: string;
  readonly name: string;
  /** Archives that it reads in its own way: what they are, and how it differs. */
  readonly differs: Readonly<Record<string, string>>;
  /** Reads an archive; `home` is a folder in which it may leave files. */
  read(archive: string, home: string): Tree;
}

/** Archives of `differential.integration.test.ts` whose names or forms not all readers take alike. */
const DOS_NAMES = 'names of the old DOS encoding';

/** A reader that unpacks into a folder. */
function unpacks(command: (archive: string, folder: string) => readonly [string, ...string[]]): Reader['read'] {
  return (archive, home) => {
    const folder = mkdtempSync(join(home, 'out-'));
    const [tool, ...args] = command(archive, folder);
    execFileSync(tool, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => line(sha256(readFileSync(file)), file.slice(folder.length + 1)))
      .sort();
  };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A reader that prints `checksum path` lines itself. */
const printed = (text: string): Tree =>
  text
    .split('\n')
    .filter(Boolean)
    .map((one) => line(one.slice(0, 64), one.slice(65)))
    .sort();

const PYTHON = `
import zipfile, sys, hashlib
sys.stdout.reconfigure(encoding='utf-8')
z = zipfile.ZipFile(sys.argv[1])
for i in z.infolist():
    if not i.is_dir(): print(hashlib.sha256(z.read(i)).hexdigest(), i.filename)
`;

const GO = `package main

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	archive, err := zip.OpenReader(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, file := range archive.File {
		if strings.HasSuffix(file.Name, "/") {
			continue
		}
		content, err := file.Open()
		if err != nil {
			panic(err)
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, content); err != nil {
			panic(err)
		}
		fmt.Printf("%x %s\\n", sum.Sum(nil), file.Name)
	}
}
`;

/** Builds the Go reader once per home; it needs the standard library alone. */
function goReader(home: string): string {
  const program = join(home, 'reader');
  if (!existsSync(program)) {
    writeFileSync(`${program}.go`, GO);
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '' };
    execFileSync('go', ['build', '-o', program, `${program}.go`], { cwd: home, env, stdio: 'pipe' });
  }
  return program;
}

/** Readers that may be on this machine. */
export const READERS: readonly Reader[] = [
  {
    tool: 'python3',
    name: 'Python zipfile',
    differs: {},
    read: (archive) => printed(execFileSync('python3', ['-c', PYTHON, archive], { encoding: 'utf8' })),
  },
  {
    tool: 'unzip',
    name: 'Info-ZIP unzip',
    differs: { [DOS_NAMES]: 'it decodes them only in archives that were made on DOS or Windows' },
    read: unpacks((archive, folder) => ['unzip', '-q', '-o', archive, '-d', folder]),
  },
  {
    tool: 'bsdtar',
    name: 'bsdtar',
    differs: { 'names that only Windows minds': 'it takes the x: of x:ads for a drive' },
    read: unpacks((archive) => ['bsdtar', '-x', '--options', 'zip:hdrcharset=CP437', '-f', archive]),
  },
  {
    tool: '7z',
    name: '7-Zip',
    differs: {
      'a descriptor that the directory does not mention': 'it refuses the archive',
      [DOS_NAMES]: 'it decodes them only in archives that were made on DOS or Windows',
    },
    read: unpacks((archive) => ['7z', 'x', '-y', archive]),
  },
  {
    tool: 'go',
    name: 'Go archive/zip',
    differs: { [DOS_NAMES]: 'it gives the bytes undecoded' },
    read: (archive, home) => printed(execFileSync(goReader(home), [archive], { encoding: 'utf8' })),
  },
];
