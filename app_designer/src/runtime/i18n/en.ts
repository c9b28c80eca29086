/** Texts of open apps that no other part of the product needs. */
export const en = {
  "element.no_block": "Block is missing",
  "element.no_block_hint": "“{name}”, version {version}, is not in this release. Its settings are kept.",
  "element.too_deep": "Blocks inside blocks inside blocks",
  "element.too_deep_hint": "Only {most} levels are drawn. Whoever built the app can take a level out.",
  "element.newer": "Made with a newer version",
  "element.newer_hint": "“{name}” was saved by a newer Interlock. Its settings are kept.",
  "element.no_permission": "No permission",
  "element.no_permission_hint": "Your role may not see this.",
  "area.list": "List",
  "area.picture": "Picture",
  "area.view": "How the drawing is shown",
} as const;
