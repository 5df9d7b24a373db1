"""Realistic answers for the page's tests and pictures: texts as the assistant gives them, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Attachment, Button, Inbound, Reply, SourceLine
from bot.domain.text import Language

_GREETING = {
    Language.ZH: Reply(
        "您好，我是XX经济开发区的办事助手“园问”。您可以问我：某项审批怎么办、要多久、要哪些材料、找谁，或者开发区的情况。"
        "回答都来自核对过的资料，并注明来源和日期；资料里没有的，我会直接告诉您。",
        (
            Button("环评要批多久", "#a:t:p/eia-approval"),
            Button("施工许可证要什么材料", "#a:n:p/construction-permit"),
            Button("招商引资找谁", "#a:w:m/industrial-investment-promotion"),
            Button("找工作人员", "#h"),
        ),
    ),
    Language.EN: Reply(
        "Hello, I am Yuanwen, the assistant of XX Economic Development Zone. Ask me how an approval works, how long it "
        "takes, which papers it needs, who is responsible, or about the zone itself. Every answer comes from checked "
        "material, with its source and date; where the material says nothing, I tell you so.",
        (
            Button("How long does an EIA take?", "#a:t:p/eia-approval"),
            Button("Papers for the construction permit", "#a:n:p/construction-permit"),
            Button("Talk to a person", "#h"),
        ),
    ),
}

_DURATION = {
    Language.ZH: Reply(
        "建设项目生态环境影响报告书／报告表审批的法定期限，按情形：\n"
        "· 报告书：60日\n· 报告表：30日\n"
        "依据：《生态环境法典》第一百零二条。\n\n"
        "法规条文写的是“日”，没有写“工作日”。这是法律法规规定的期限，不是对您这件事的承诺；企业准备、编制和补正材料的时间不计在内。",
        (
            Button("要什么材料", "#a:n:p/eia-approval"),
            Button("谁审批", "#a:a:p/eia-approval"),
            Button("改扩建有何不同", "#a:k:p/eia-approval"),
            Button("找工作人员", "#h"),
        ),
        (
            SourceLine("中华人民共和国生态环境法典", "2026-08-15", True, "第一百零二条"),
            SourceLine("建设项目环境影响评价分类管理名录（2021年版）", "2026-11", False),
        ),
    ),
    Language.EN: Reply(
        "Statutory limits for the environmental impact assessment (EIA) approval, by case:\n"
        "· EIA report: 60 days\n· EIA report form: 30 days\n"
        "Basis: Ecological Environment Code, Article 102.\n\n"
        'The law says "days", not "working days". This is a limit set by law, not a promise for your case; the time your '
        "company needs to prepare or correct papers is not counted.",
        (
            Button("Which papers?", "#a:n:p/eia-approval"),
            Button("Who decides?", "#a:a:p/eia-approval"),
            Button("Talk to a person", "#h"),
        ),
        (
            SourceLine(
                "Ecological Environment Code of the People's Republic of China",
                "2026-08-15",
                True,
                "Article 102",
            ),
            SourceLine(
                "Classified catalogue of construction projects for EIA (2021 edition)", "2026-11", False
            ),
        ),
    ),
}

_DOCUMENTS = {
    Language.ZH: Reply(
        "办理建设项目环评审批，一般需要：\n"
        "1. 环评审批申请\n2. 环境影响报告书或报告表\n3. 项目备案（核准）文件\n4. 公众参与说明（编制报告书的项目）\n"
        "具体清单以窗口或“浙里办”办事指南为准，个案可能要求补充。",
        (Button("要多久", "#a:t:p/eia-approval"), Button("找工作人员", "#h")),
        (SourceLine("中华人民共和国生态环境法典", "2026-08-15", True, "第一百条"),),
        (Attachment("材料清单.xlsx", "application/vnd.ms-excel", "/files/list.xlsx"),),
    ),
    Language.EN: Reply(
        "For the EIA approval you generally need:\n"
        "1. Application for approval\n2. EIA report or report form\n3. Project filing (or verification) document\n"
        "4. Statement on public participation (for EIA reports)\n"
        "The counter's or Zheliban's guide decides on the exact list; more may be asked for in a single case.",
        (Button("How long?", "#a:t:p/eia-approval"), Button("Talk to a person", "#h")),
        (SourceLine("Ecological Environment Code of the People's Republic of China", "2026-08-15", True, "Article 100"),),
    ),
}  # fmt: skip

_NOT_KNOWN = {
    Language.ZH: Reply(
        "这个问题在现有资料中没有找到，不敢随意回答。您可以换个说法再问一次，或联系工作人员、拨打12345政务服务热线。",
        (Button("找工作人员", "#h"),),
    ),
    Language.EN: Reply(
        "I found nothing on this in the material, and I do not want to guess. You can put it another way, talk to a "
        "person, or call the 12345 hotline.",
        (Button("Talk to a person", "#h"),),
    ),
}


def answers(message: Inbound) -> Sequence[Reply]:
    """An answer by what the message holds."""
    text = message.text.lower()
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    language = message.language or (Language.ZH if chinese else Language.EN)
    if text == "/start":
        return (_GREETING[language],)
    if ":t:" in text or "多久" in text or "how long" in text:
        return (_DURATION[language],)
    if ":n:" in text or "材料" in text or "papers" in text:
        return (_DOCUMENTS[language],)
    return (_NOT_KNOWN[language],)
