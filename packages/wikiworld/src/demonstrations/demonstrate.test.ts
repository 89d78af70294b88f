import { describe, expect, it } from '@jest/globals';
import { createSearchR1Protocol, randomStream } from '@turnwise/core';
import { buildIndex, lunrOptions, LunrSearchTool } from '@turnwise/search-lunr';
import { neighbourOf, relationOf, relations } from '../schema/relations.js';
import { FactIndex, type Fact } from '../world/fact.js';
import { generateWorld, type World } from '../world/generate-world.js';
import { demonstrate } from './demonstrate.js';
import type { Demonstration } from './demonstration.js';
import { faultless, profiles } from './fault-rates.js';

const protocol = createSearchR1Protocol({ instructions: '', passage: '{text}' });
const standard = generateWorld({ seed: 2 });
const hard = generateWorld({ seed: 2, difficulty: 'hard' });

function searchTool({ passages }: World): LunrSearchTool {
  const options = lunrOptions.parse({});
  return new LunrSearchTool(buildIndex(passages, options), passages, options);
}
const search = searchTool(standard); // both difficulties ask about the same corpus

function play(world: World, name: keyof typeof profiles): Promise<readonly Demonstration[]> {
  const facts = new FactIndex(world.facts);
  return Promise.all(
    world.eval.map((question) =>
      demonstrate(question, { search, protocol, facts, profile: profiles[name], random: randomStream(1, question.id) }),
    ),
  );
}
const rightShare = (played: readonly Demonstration[]): number =>
  played.filter(({ correct }) => correct).length / played.length;

describe('demonstrate', () => {
  it('lets the expert reach the gold answer with the real search tool', async () => {
    for (const world of [standard, hard]) expect(rightShare(await play(world, 'expert'))).toBeGreaterThanOrEqual(0.97);
  });

  it('lets each fault fail in its own way', async () => {
    for (const name of ['hasty', 'vague', 'misread'] as const) {
      expect(rightShare(await play(hard, name))).toBeLessThan(0.2);
    }
    const wanderers = await play(standard, 'wanderer');
    expect(wanderers.every(({ answer, turns }) => answer === null && turns.length === 5)).toBe(true);
  });

  it('asks for the neighbouring relation of the same entity when it strays', async () => {
    const facts = new FactIndex(standard.facts);
    const options = { search, protocol, facts, profile: () => ({ ...faultless, neighbour: 1 }) };
    for (const question of standard.eval.slice(0, 40)) {
      const [first] = (await demonstrate(question, { ...options, random: randomStream(1, question.id) })).turns;
      const { subject, relation } = question.steps[0] as Fact;
      const neighbour = neighbourOf(relationOf(relation));
      expect(first?.output).toContain(`<search> ${subject} ${neighbour.keywords.join(' ')} </search>`);
      expect([neighbour.subject, neighbour.id === relation]).toEqual([relationOf(relation).subject, false]);
    }
    expect(new Set(relations.map((relation) => neighbourOf(relation).id)).size).toBe(relations.length);
  });

  it('writes turns that the protocol reads, each with one action', async () => {
    for (const name of Object.keys(profiles) as (keyof typeof profiles)[]) {
      for (const { turns } of await play(standard, name)) {
        for (const { output, observation } of turns) {
          const action = protocol.parse(output);
          expect(action.kind).toBe(observation === null && output.includes('<answer>') ? 'answer' : 'search');
          expect(output).not.toMatch(/[{}]|undefined/);
        }
      }
    }
  });

  it('writes the same script for the same random stream', async () => {
    expect(await play(hard, 'vague')).toEqual(await play(hard, 'vague'));
  });

  it('needs both the entity and the relation in the query to find a passage', async () => {
    const signal = new AbortController().signal;
    const found = async (pose: (subject: string, keywords: string) => string): Promise<number> => {
      const queries = standard.facts.map(({ subject, relation }) =>
        pose(subject, relationOf(relation).keywords.join(' ')),
      );
      const outcomes = await search.search(queries, { topK: 3, signal });
      const hits = outcomes.filter(({ hits }, index) => hits.some(({ id }) => id === standard.facts[index]?.passageId));
      return hits.length / queries.length;
    };
    expect(await found((subject, keywords) => `${subject} ${keywords}`)).toBeGreaterThan(0.98);
    const entityAlone = await found((subject) => subject);
    expect(entityAlone).toBeGreaterThan(0.2);
    expect(entityAlone).toBeLessThan(0.6);
    expect(await found((_, keywords) => keywords)).toBeLessThan(0.1);
  });
});
