import { isOfData } from './data-error.js';
import { groupBy } from './group-by.js';

type Waiting<Item, Result> = {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
};

type Options<Item, Result> = {
  /** items of different groups never share a call, nor a failure */
  groupOf: (item: Item) => string;
  /** two items with one key never share a call either */
  keyOf: (item: Item) => string;
  /** maximum number of items in one call */
  maxItems: number;
  /** returns one result for each item, in order; of a call that fails because of data, nothing must be done */
  work: (items: Item[]) => Promise<Result[]>;
};

/** Collects the items that are added in one turn of the event loop, and works on those of a group in one call. */
export class Gather<Item, Result> {
  #waiting: Array<Waiting<Item, Result>> = [];

  constructor(private readonly options: Options<Item, Result>) {}

  /**
   * Resolves with the result for this item. If the work on several items fails because of data, each is tried alone: the
   * caller of one must not get an error that another one caused.
   */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#run());
      this.#waiting.push({ item, resolve, reject });
    });
  }

  #run(): void {
    const { groupOf, keyOf, maxItems } = this.options;
    const groups = groupBy(this.#waiting, ({ item }) => groupOf(item));
    this.#waiting = [];
    for (const group of groups.values()) {
      let call = new Map<string, Waiting<Item, Result>>();
      for (const waiting of group) {
        const key = keyOf(waiting.item);
        if (call.has(key) || call.size === maxItems) {
          void this.#workOn([...call.values()]);
          call = new Map();
        }
        call.set(key, waiting);
      }
      void this.#workOn([...call.values()]);
    }
  }

  async #workOn(group: Array<Waiting<Item, Result>>): Promise<void> {
    const { work } = this.options;
    try {
      const results = await work(group.map(({ item }) => item));
      for (const [i, { resolve }] of group.entries()) resolve(results[i]!);
    } catch (error) {
      const isAnyones = group.length > 1 && isOfData(error);
      for (const { item, resolve, reject } of group)
        if (isAnyones) work([item]).then(([result]) => resolve(result!), reject);
        else reject(error);
    }
  }
}
