"""Writes a tree of TypeScript modules for the transpile benchmark, and says what its program prints."""

from pathlib import Path

MODULES = 1000
FOLDER_SIZE = 50

TEMPLATE = """\
{imports}
export interface Options{n} {{
  name: string;
  retries?: number;
  labels: Record<string, readonly string[]>;
}}

export type Outcome{n}<T> = {{ ok: true; value: T }} | {{ ok: false; reason: string }};

export enum Stage{n} {{
  Waiting = 'waiting',
  Running = 'running',
  Done = 'done',
}}

export abstract class Task{n}<Input, Output extends object = {{ total: number }}> {{
  private stage: Stage{n} = Stage{n}.Waiting;
  protected readonly started: number | undefined;

  constructor(
    protected readonly options: Options{n},
    private readonly steps: ReadonlyArray<(input: Input) => number> = [],
  ) {{}}

  abstract finish(total: number): Output;

  run(input: Input): Outcome{n}<Output> {{
    this.stage = Stage{n}.Running;
    const total = this.steps.reduce((sum: number, step): number => sum + step(input), 0);
    if (total < 0) return {{ ok: false, reason: `${{this.options.name}} fell below zero` }} as const;
    this.stage = Stage{n}.Done;
    return {{ ok: true, value: this.finish(total) }};
  }}

  get current(): Stage{n} {{
    return this.stage;
  }}
}}

class Sum{n} extends Task{n}<number> {{
  override finish(total: number): {{ total: number }} {{
    return {{ total }};
  }}
}}

function reduce(value: number): number;
function reduce(value: string): number;
function reduce(value: number | string): number {{
  return (typeof value === 'string' ? Number.parseInt(value, 10) : value) % 9973;
}}

const task = new Sum{n}({{ name: 'module {n}', labels: {{ group: ['{folder}'] }} }}, [
  (input) => input,
{steps}
]);
const outcome = task.run({n}) satisfies Outcome{n}<{{ total: number }}>;

export const total: number = outcome.ok ? reduce(outcome.value!.total) : 0;
"""


def folder_of(index: int) -> str:
    return f"group{index // FOLDER_SIZE:02}"


def write_module(root: Path, index: int, uses: list[int]) -> int:
    imports = "\n".join(
        f"import {{ total as total{use} }} from '../{folder_of(use)}/module{use:04}.ts';\n"
        f"import type {{ Outcome{use} }} from '../{folder_of(use)}/module{use:04}.ts';\n"
        f"export type Earlier{use} = Outcome{use}<string>;"
        for use in uses
    )
    steps = "\n".join(f"  () => total{use}," for use in uses)
    text = TEMPLATE.format(n=index, imports=imports, steps=steps, folder=folder_of(index))
    path = root / folder_of(index) / f"module{index:04}.ts"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return len(text)


def write_tree(root: Path) -> tuple[Path, str, int]:
    """Gives the program's path, the line that it prints, and the size of the tree in bytes."""
    totals: list[int] = []
    size = 0
    for index in range(MODULES):
        uses = sorted({index // 2, index - 1} - {index, -1})
        size += write_module(root, index, uses)
        totals.append((index + sum(totals[use] for use in uses)) % 9973)
    imports = [
        f"import {{ total as total{index} }} from './{folder_of(index)}/module{index:04}.ts';"
        for index in range(MODULES)
    ]
    names = ", ".join(f"total{index}" for index in range(MODULES))
    main = root / "main.ts"
    main.write_text("\n".join([*imports, f"const all: number[] = [{names}];", "console.log(all.reduce((a, b) => a + b, 0));\n"]))
    (root / "package.json").write_text('{ "private": true, "type": "module" }\n')
    return main, str(sum(totals)), size
