"""Labels that address books give to numbers, and which of them say that nobody of the card answers there."""

NO_PHONE = (
    r"(?i)fax|t[ée]l[ée]copie|факс|faks|ファックス|ファクス|传真|傳真|팩스|"
    r"pager|beeper|bipeur|funkruf|пейджер|ポケベル|传呼|telex|modem|textphone|\btty\b|"
    r"assist[ea]nt|asistente?|assistente|ассистент|помощник|secretar|sekret[aä]r|секретар|アシスタント|助理|ayudante"
)
