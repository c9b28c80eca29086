"""Words for everything a check may find, in both languages. ``docs/reference/app-checks.md`` lists the same codes."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Entry(NamedTuple):
    """Severity, message and hint."""

    severity: Severity
    en: str
    zh: str
    hint_en: str = ""
    hint_zh: str = ""


TEXTS: dict[str, Entry] = {
    # structure
    "app.missing": Entry("error", "The file app.json is missing.", "缺少文件 app.json。"),
    "app.size": Entry("error", "There are more than {max} files of the kind {kind}.", "{kind} 类文件超过 {max} 个。"),
    "app.engine": Entry(
        "error",
        "The app needs Interlock {wanted}; this is Interlock {program}.",
        "此应用需要 Interlock {wanted}；当前为 Interlock {program}。",
        "Update Interlock, or change `engine` in app.json.",
        "请更新 Interlock，或修改 app.json 中的 `engine`。",
    ),
    "structure": Entry("error", "{detail}", "文档结构不正确：{detail_zh}"),
    "props": Entry(
        "error",
        "This setting does not fit: {detail}",
        "此设置不符合要求：{detail_zh}",
        "Open the element and correct it in its settings.",
        "打开该元素，在其设置中更正。",
    ),
    # components
    "component.unknown": Entry(
        "warning",
        "There is no component {type} here; a placeholder is shown and its data is kept.",
        "此处没有组件 {type}；将显示占位框，数据会保留。",
        "Install the component, or replace the element.",
        "请安装该组件，或替换此元素。",
    ),
    "code_block.missing": Entry(
        "warning",
        "The block {name} {version} ({hash}) of another maker is not installed here; a placeholder keeps its place and "
        "its data.",
        "此处未安装第三方模块 {name} {version}（{hash}）；将以占位框保留其位置和数据。",
        "Install its package on the page Blocks, or import a package of the app that carries it.",
        "请在“模块”页面安装其模块包，或导入包含该模块的应用包。",
    ),
    "code_block.unpinned": Entry(
        "error",
        "The app does not say which version of {name} it is built with.",
        "应用未说明使用 {name} 的哪个版本。",
        "Choose the version in the block's settings.",
        "请在模块设置中选择版本。",
    ),
    "component.newer": Entry(
        "error",
        "Made with version {version} of the settings of {type}; here is {known}.",
        "由 {type} 设置版本 {version} 制作；此处为 {known}。",
        "Update Interlock.",
        "请更新 Interlock。",
    ),
    "component.migration": Entry(
        "error",
        "The settings of {type} cannot be lifted from version {version} to {known}.",
        "{type} 的设置无法从版本 {version} 升级到 {known}。",
        "Make the element anew, or install the version of the component it was made with.",
        "请重新创建该元素，或安装制作它的组件版本。",
    ),
    "component.deprecated": Entry(
        "warning", "{type} is no longer recommended.", "{type} 已不推荐使用。", "Use {by} instead.", "请改用 {by}。"
    ),
    # bindings
    "binding.target": Entry(
        "error",
        "{type} has no input, write or property {name}.",
        "{type} 没有名为 {name} 的输入、写入或属性。",
        "It has: {known}.",
        "它有：{known}。",
    ),
    "binding.source": Entry(
        "error", "{name} cannot come from {source}.", "{name} 不能来自 {source}。", "One of {known}.", "可用：{known}。"
    ),
    "binding.many": Entry(
        "error",
        "{name} takes at most {max} bindings.",
        "{name} 最多接受 {max} 个绑定。",
        "Remove some.",
        "请删除多余的绑定。",
    ),
    "binding.write_source": Entry(
        "error",
        "The write {name} must lead to a tag or a state, not to {source}.",
        "写入 {name} 必须指向变量或状态，不能是 {source}。",
        "Bind it to an asset's signal or a state.",
        "请绑定到资产信号或状态。",
    ),
    "binding.property_source": Entry(
        "error",
        "A property cannot come from the course of a signal.",
        "属性不能来自信号的历史曲线。",
        "Choose one number of the history, or the current value.",
        "请选择历史的一个统计值，或使用当前值。",
    ),
    "binding.later": Entry(
        "warning",
        "The source {source} is not filled by this version; it shows as empty.",
        "此版本尚不支持来源 {source}，将显示为空。",
    ),
    "expression.invalid": Entry(
        "error",
        "The formula is not right: {detail}",
        "公式不正确：{detail_zh}",
        "Open the formula; the place is marked there.",
        "打开公式，错误位置已标出。",
    ),
    # references
    "reference.page_id": Entry(
        "error", "The file is called {file}, its content {id}.", "文件名为 {file}，内容为 {id}。"
    ),
    "reference.app_id": Entry(
        "error", "The app is called {here} here, not {id}.", "此应用在这里名为 {here}，而非 {id}。"
    ),
    "reference.element": Entry(
        "error", "There is no element {id}.", "没有元素 {id}。", "Choose another one.", "请选择其他元素。"
    ),
    "reference.cycle": Entry("error", "An element is inside itself.", "元素被放入自身之内。"),
    "reference.slot": Entry(
        "error", "{type} has no place {slot}.", "{type} 没有名为 {slot} 的位置。", "It has: {known}.", "它有：{known}。"
    ),
    "reference.slot_holder": Entry(
        "error", "{id} is not inside {holder}/{slot}.", "{id} 不在 {holder}/{slot} 之内。"
    ),
    "reference.slot_kind": Entry(
        "error", "{type} does not take {category} in {slot}.", "{type} 的 {slot} 不接受 {category}。"
    ),
    "reference.slot_full": Entry("error", "{slot} takes at most {max} elements.", "{slot} 最多放 {max} 个元素。"),
    "reference.page": Entry(
        "error",
        "There is no page {page}.",
        "没有页面 {page}。",
        "Choose a page of this app.",
        "请选择本应用的页面。",
    ),
    "reference.param": Entry(
        "error",
        "There is no parameter {name}.",
        "没有参数 {name}。",
        "Add it to the page, or choose another one.",
        "请在页面中添加，或选择其他参数。",
    ),
    "reference.page_param": Entry(
        "error", "The page {page} has no parameter {name}.", "页面 {page} 没有参数 {name}。"
    ),
    "reference.param_type": Entry(
        "error", "{name} is a number and cannot name an asset.", "{name} 是数字，不能表示资产。"
    ),
    "reference.param_reserved": Entry(
        "error",
        "The address of a page keeps {name} for something else: a parameter of this name would never get its value.",
        "页面地址中的 {name} 另有用途：以此命名的参数永远得不到值。",
        "Give the parameter another name.",
        "请给参数换一个名称。",
    ),
    "reference.role": Entry(
        "error",
        "The app does not ask for the role {role}.",
        "应用没有声明信号角色 {role}。",
        "List it under roles in app.json.",
        "请在 app.json 的 roles 中列出。",
    ),
    "reference.state": Entry(
        "error",
        "There is no state {name}.",
        "没有状态 {name}。",
        "Declare it on the page or in the app.",
        "请在页面或应用中声明。",
    ),
    "reference.state_type": Entry(
        "error", "The first value of {name} is not of its type.", "{name} 的初始值与其类型不符。"
    ),
    "reference.output": Entry(
        "error", "{type} has no output {name}.", "{type} 没有输出 {name}。", "It has: {known}.", "它有：{known}。"
    ),
    "reference.method": Entry(
        "error", "{type} has no method {name}.", "{type} 没有方法 {name}。", "It has: {known}.", "它有：{known}。"
    ),
    "reference.event": Entry(
        "error", "{type} has no event {name}.", "{type} 没有事件 {name}。", "It has: {known}.", "它有：{known}。"
    ),
    "reference.block": Entry(
        "error",
        "There is no version {version} of the block {block}.",
        "没有模块 {block} 的版本 {version}。",
        "Choose another version, or add blocks/{block}.{version}.json.",
        "请选择其他版本，或添加 blocks/{block}.{version}.json。",
    ),
    "reference.block_cycle": Entry("error", "The block {block} contains itself.", "模块 {block} 包含自身。"),
    "reference.block_param": Entry(
        "error", "The block {block} has no parameter {name}.", "模块 {block} 没有参数 {name}。"
    ),
    "reference.block_param_type": Entry(
        "error", "{name} of the block must be {type}.", "模块参数 {name} 必须是 {type}。"
    ),
    "reference.block_dialog": Entry(
        "error", "A block has no dialog to close.", "模块没有可关闭的对话框。"
    ),
    "reference.requires": Entry(
        "error", "The component {name} is used but not listed in requires.", "使用了组件 {name}，但未列入 requires。"
    ),
    "reference.media": Entry(
        "error",
        "There is no picture {name}.",
        "没有图片 {name}。",
        "Upload it to the media library.",
        "请上传到媒体库。",
    ),
    "reference.parent_page": Entry("error", "The page is above itself.", "页面的上级是它自己。"),
    # lint
    "lint.unbound": Entry(
        "error",
        "The input {name} is not bound: there would be nothing to show.",
        "输入 {name} 未绑定，将没有内容可显示。",
        "Drop a signal on the element, or remove it.",
        "请将信号拖到该元素上，或删除该元素。",
    ),
    "lint.confirm": Entry(
        "warning",
        "This write is done without asking.",
        "此写入不经确认即执行。",
        "Let the user confirm, unless it is a manual entry.",
        "除非是手工录入，否则请让用户确认。",
    ),
    "lint.asset_missing": Entry(
        "warning",
        "There is no asset {asset} here.",
        "此处没有资产 {asset}。",
        "Make it, or map it to one of yours.",
        "请创建，或映射到已有资产。",
    ),
    "lint.tag_missing": Entry(
        "warning",
        "{asset} has no tag for {role}.",
        "{asset} 的 {role} 没有对应变量。",
        "Map a tag in the table of signals.",
        "请在信号映射表中选择变量。",
    ),
    "lint.not_writable": Entry(
        "warning",
        "{asset}.{role} is not a signal that may be written.",
        "{asset}.{role} 不是可写信号。",
        "Choose a tag that people type, or a signal of the simulated line that its asset type lets be written.",
        "请选择手工录入变量，或资产类型允许写入的模拟产线信号。",
    ),
    "lint.unplaced": Entry(
        "warning",
        "The element has no place on the page and is not shown.",
        "该元素在页面上没有位置，不会显示。",
        "Put it on the page, or remove it.",
        "请放置到页面上，或删除。",
    ),
    "lint.overlap": Entry(
        "warning",
        "It lies on {other} on the grid.",
        "它在栅格上与 {other} 重叠。",
        "Move one of them.",
        "请移动其中一个。",
    ),
    "lint.phone": Entry(
        "warning",
        "On a phone the canvas of {width} px is drawn at {percent} %: its texts cannot be read.",
        "手机上 {width} px 的画布只按 {percent} % 显示，文字无法看清。",
        "Give the page its own phone layout, or mark it as a wall page.",
        "请为页面制作手机布局，或标记为大屏页面。",
    ),
    "lint.phone_hidden": Entry(
        "warning", "Nothing of this page is shown on a phone.", "此页面在手机上不显示任何内容。"
    ),
    "lint.subscriptions": Entry(
        "warning",
        "The page reads {count} signals at once; {max} is what a wall screen still draws well.",
        "页面同时读取 {count} 个信号；{max} 个以内显示流畅。",
        "Divide it into several pages.",
        "请拆分为多个页面。",
    ),
    "lint.colors": Entry(
        "warning",
        "{count} of {all} elements are coloured by hand: colour no longer means that something is wrong.",
        "{all} 个元素中有 {count} 个被手工着色：颜色将不再表示异常。",
        "Keep colours for states that need attention.",
        "请只为需要注意的状态使用颜色。",
    ),
    "lint.unreachable": Entry(
        "warning",
        "No menu entry and no step leads to this page.",
        "没有菜单或操作可到达此页面。",
        "Add it to the menu, or link to it.",
        "请加入菜单，或添加链接。",
    ),
    "lint.language": Entry(
        "warning", "There is no text for {language}.", "缺少 {language} 文本。", "Add it in the table of texts.",
        "请在文本表中补充。",
    ),
    "lint.test_missing": Entry(
        "warning",
        "The app has no tests: nobody notices when a change breaks it.",
        "应用没有测试：改动出错时无人知道。",
        "Write one in tests/.",
        "请在 tests/ 中编写。",
    ),
}  # fmt: skip

#: Structural problems in Chinese, by the kind of error; the English comes with them.
STRUCTURE_ZH: dict[str, str] = {
    "missing": "缺少此项",
    "extra_forbidden": "未知的项",
    "string_pattern_mismatch": "写法不符合要求",
    "string_type": "应为文本",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数值太大",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "tuple_type": "应为列表",
    "literal_error": "不在允许的取值之内",
    "union_tag_invalid": "未知的种类",
    "union_tag_not_found": "缺少种类",
    "model_attributes_type": "应为对象",
    "greater_than": "数值太小",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
    "too_long": "项目太多",
    "too_short": "项目太少",
    "string_too_long": "文本太长",
    "string_too_short": "文本太短",
    "value_error": "取值不正确",
}
PROPS_ZH: dict[str, str] = {
    "required": "缺少必填项",
    "additionalProperties": "有未知的项",
    "type": "类型不正确",
    "enum": "不在允许的取值之内",
    "const": "不在允许的取值之内",
    "minimum": "数值太小",
    "maximum": "数值太大",
    "multipleOf": "数值步长不正确",
    "pattern": "写法不符合要求",
    "format": "写法不符合要求",
    "minLength": "文本太短",
    "maxLength": "文本太长",
    "minItems": "项目太少",
    "maxItems": "项目太多",
    "uniqueItems": "有重复的项",
    "oneOf": "不符合任何一种形式",
    "anyOf": "不符合任何一种形式",
}
