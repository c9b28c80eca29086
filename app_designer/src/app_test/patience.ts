const LOOK_MS = 20;
/** A page is at rest when nothing on it has changed for so many looks. */
const STILL_LOOKS = 10;
/** Code and pages that are still coming are not counted. */
const LOOKS_MAX = 300;
const LOADING_LOOKS_MAX = 3000;

const isLoading = (root: HTMLElement) => root.querySelector("[data-waiting]") !== null;
const aLook = () => new Promise((resolve) => setTimeout(resolve, LOOK_MS));

/**
 * Waits until something holds. False when the page has come to rest without it, or patience is at its end (a clock that
 * ticks fast never rests).
 */
export async function untilHolds(
  root: HTMLElement,
  holds: () => Promise<boolean> | boolean,
): Promise<boolean> {
  let still = 0;
  let loading = 0;
  const observer = new MutationObserver(() => {
    still = 0;
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
  try {
    for (let looks = 0; looks < LOOKS_MAX && loading < LOADING_LOOKS_MAX; ) {
      if (await holds()) return true;
      if (isLoading(root)) loading += 1;
      else if (still > STILL_LOOKS) return false;
      else looks += 1;
      still += 1;
      await aLook();
    }
    return false;
  } finally {
    observer.disconnect();
  }
}

/** Waits until nothing on the page comes or changes any more. */
export const atRest = (root: HTMLElement) => untilHolds(root, () => false);
