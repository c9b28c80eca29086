export const en = {
  title: "Short tour",
  step: "{no} of {count}",
  next: "Next",
  back: "Back",
  done: "Done",
  close: "End the tour",
  data: "Everything your machines say",
  data_text:
    "Under Data you find machines with their live values. Drag a value onto the page, or press Enter on it: a fitting block is there, already live.",
  blocks: "Blocks",
  blocks_text:
    "Buttons, forms, pictures of the plant and more. Search by what you want to show. What needs data asks you where it comes from.",
  settings: "What is selected",
  settings_text:
    "On the right are the settings of the selected block: where its values come from, how it looks, who sees it. With nothing selected: those of the page.",
  sizes: "PC, tablet, phone",
  sizes_text:
    "The phone's layout makes itself. Look at it here, and change only what you would have otherwise.",
  publish: "Publish when you like",
  publish_text:
    "Until then nobody sees your changes, and they are saved by themselves. Every version is kept: going back takes two presses.",
};
