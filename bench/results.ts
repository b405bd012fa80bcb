import { readdirSync, statSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'

import { root } from './bundle.ts'
import type { Decisions } from './decisions.ts'
import type { Exchange } from './gate.ts'
import { judge, type Goal } from './goals.ts'
import { growth, type Endurance } from './rotations.ts'
import { summarize, type Summary } from './statistics.ts'
import type { Cell, Sample } from './subjects.ts'

export interface Measured {
  readonly seed: number
  readonly rounds: number
  readonly cells: readonly Cell[]
  /** By the letter of the subject. */
  readonly roundTrips: ReadonlyMap<string, number>
  /** Of main at 0 ms, beyond its cell. */
  readonly moreReplies: readonly Sample[]
  readonly endurance: Endurance
  readonly decisions: Decisions
}

export interface Row {
  readonly letter: string
  readonly title: string
  readonly latencyMilliseconds: number
  readonly wallMilliseconds: Summary
  readonly cpuMilliseconds: Summary
  readonly peakMegabytes: Summary
  /** What the servers took of the wall time, all requests added up. */
  readonly serverMilliseconds: Summary
  readonly requests: number
  readonly roundTrips: number
  /** In each round, to the careless script on our libraries at 0 ms. */
  readonly toLibraries: Ratios
  /** In each round, to the careless script on node's http at 0 ms. */
  readonly toPlain: Ratios
  /** In each round, to the empty process. */
  readonly toEmpty: Ratios
}

interface Ratios {
  readonly wall: Summary
  readonly cpu: Summary
  readonly peak: Summary
}

/** Milliseconds since the provider's reply was on its way, whole. */
interface AfterReply {
  readonly latencyMilliseconds: number
  readonly journaled: Summary
  readonly writeArrived: Summary
  readonly stored: Summary
}

export interface Results {
  readonly machine: string
  readonly seed: number
  readonly rounds: number
  readonly rows: readonly Row[]
  readonly afterReply: readonly AfterReply[]
  /** Without the licences. */
  readonly distBytes: {
    readonly main: number
    readonly post: number
    readonly total: number
  }
  readonly endurance: {
    readonly rotations: number
    readonly milliseconds: Summary
    readonly heapMegabytes: readonly number[]
    readonly residentMegabytes: readonly number[]
    readonly heapGrowthMegabytes: number
    readonly residentGrowthMegabytes: number
  }
  readonly decisions: Decisions
  readonly goals: readonly Goal[]
}

export function evaluate(measured: Measured): Results {
  const { seed, rounds, cells, endurance, decisions } = measured
  const { memory } = endurance
  const heap = memory.map(({ heapMegabytes }) => heapMegabytes)
  const resident = memory.map(({ residentMegabytes }) => residentMegabytes)
  const results = {
    machine: describeMachine(),
    seed,
    rounds,
    rows: cells.map((cell) => toRow(cell, measured)),
    afterReply: cells
      .filter(({ subject }) => subject.letter === 'e')
      .map(({ latencyMilliseconds, samples }) =>
        toAfterReply(latencyMilliseconds, [
          ...samples,
          ...(latencyMilliseconds === 0 ? measured.moreReplies : []),
        ]),
      ),
    distBytes: weighDist(),
    endurance: {
      rotations: endurance.rotations,
      milliseconds: summarize(endurance.milliseconds),
      heapMegabytes: heap,
      residentMegabytes: resident,
      heapGrowthMegabytes: growth(heap),
      residentGrowthMegabytes: growth(resident),
    },
    decisions,
  }
  return { ...results, goals: judge(results) }
}

function toRow(cell: Cell, { cells, roundTrips }: Measured): Row {
  const { subject, latencyMilliseconds, samples } = cell
  const compare = (letter: string): Ratios => {
    const other = cells.find(
      (each) =>
        each.subject.letter === letter && each.latencyMilliseconds === 0,
    )
    return compareByRound(samples, other?.samples ?? [])
  }
  return {
    letter: subject.letter,
    title: subject.title,
    latencyMilliseconds,
    wallMilliseconds: summarize(samples.map((each) => each.wallMilliseconds)),
    cpuMilliseconds: summarize(samples.map((each) => each.cpuMilliseconds)),
    peakMegabytes: summarize(samples.map((each) => each.peakMegabytes)),
    serverMilliseconds: summarize(
      samples.map(({ exchanges }) =>
        exchanges.reduce((sum, each) => sum + serverTime(each), 0),
      ),
    ),
    requests: samples[0]?.exchanges.length ?? 0,
    roundTrips: roundTrips.get(subject.letter) ?? 0,
    toLibraries: compare('c'),
    toPlain: compare('b'),
    toEmpty: compare('a'),
  }
}

/** What slows the machine down for a while slows both down. */
function compareByRound(
  samples: readonly Sample[],
  others: readonly Sample[],
): Ratios {
  const ratio = (
    kind: 'wallMilliseconds' | 'cpuMilliseconds' | 'peakMegabytes',
  ): Summary =>
    summarize(
      samples.map((each, round) => each[kind] / (others[round]?.[kind] ?? NaN)),
    )
  return {
    wall: ratio('wallMilliseconds'),
    cpu: ratio('cpuMilliseconds'),
    peak: ratio('peakMegabytes'),
  }
}

function toAfterReply(
  latencyMilliseconds: number,
  samples: readonly Sample[],
): AfterReply {
  const times = samples.map(({ exchanges, journaledAt }) => {
    const reply = find(exchanges, 'POST', /\/token$/)
    const write = find(exchanges, 'PUT', /\/REFRESH_TOKEN$/)
    if (journaledAt === undefined) throw new Error('no journal was written')
    const since = (time: bigint): number =>
      toMilliseconds(time - reply.answeredAt)
    return {
      journaled: since(journaledAt),
      writeArrived: since(write.arrivedAt),
      stored: since(write.answeredAt),
    }
  })
  return {
    latencyMilliseconds,
    journaled: summarize(times.map(({ journaled }) => journaled)),
    writeArrived: summarize(times.map(({ writeArrived }) => writeArrived)),
    stored: summarize(times.map(({ stored }) => stored)),
  }
}

function find(
  exchanges: readonly Exchange[],
  method: string,
  path: RegExp,
): Exchange {
  const found = exchanges.find(
    (each) => each.method === method && path.test(each.path),
  )
  if (found === undefined) throw new Error(`no ${method} ${path.source}`)
  return found
}

function serverTime({ handledAt, answeredAt }: Exchange): number {
  return toMilliseconds(answeredAt - handledAt)
}

function toMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6
}

function describeMachine(): string {
  const [load = 0] = loadavg()
  const { model = 'unknown' } = cpus()[0] ?? {}
  return `${cpus().length} cores (${model}), ${process.platform}, node ${process.version}, load average ${load.toFixed(1)}`
}

function weighDist(): Results['distBytes'] {
  const weigh = (folder: string): number =>
    readdirSync(join(root, 'dist', folder))
      .filter((name) => name !== 'licenses.txt')
      .reduce(
        (sum, name) => sum + statSync(join(root, 'dist', folder, name)).size,
        0,
      )
  const [main, post] = [weigh('main'), weigh('post')]
  return { main, post, total: main + post }
}
