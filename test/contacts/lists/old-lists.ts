/** Lists in the character sets of before Unicode: their bytes in base64, and the text that they are. */
export const OLD_LISTS: readonly (readonly [charset: string, text: string, base64: string])[] = [
  [
    'cp1252',
    'Name;Telefon\nJörg Müller;+49 170 1234567\nZoë Noël;+33 6 75 42 66 83\n',
    'TmFtZTtUZWxlZm9uCkr2cmcgTfxsbGVyOys0OSAxNzAgMTIzNDU2Nwpab+sgTm/rbDsrMzMgNiA3NSA0MiA2NiA4Mwo=',
  ],
  [
    'cp1250',
    'Imię;Telefon\nŁukasz Kołodziej;+48 512 345 678\nŻaneta Wiśniewska;+48 512 345 679\n',
    'SW1p6jtUZWxlZm9uCqN1a2FzeiBLb7NvZHppZWo7KzQ4IDUxMiAzNDUgNjc4Cq9hbmV0YSBXaZxuaWV3c2thOys0OCA1MTIgMzQ1IDY3OQo=',
  ],
  [
    'cp1250',
    'Jméno;Telefon\nJiří Dvořák;+420 601 234 567\nLenka Růžičková;+420 601 234 568\n',
    'Sm3pbm87VGVsZWZvbgpKafjtIER2b/jhazsrNDIwIDYwMSAyMzQgNTY3CkxlbmthIFL5nmnoa2924TsrNDIwIDYwMSAyMzQgNTY4Cg==',
  ],
  [
    'cp1250',
    'Jméno;Telefon\nJiří Dvořák;601 234 567\nLenka Růžičková;601 234 568\n',
    'Sm3pbm87VGVsZWZvbgpKafjtIER2b/jhazs2MDEgMjM0IDU2NwpMZW5rYSBS+Z5p6GtvduE7NjAxIDIzNCA1NjgK',
  ],
  [
    'cp1250',
    'Név;Telefon\nSzőke Géza;+36 20 123 4567\nKovács Űr;+36 20 123 4568\n',
    'Tul2O1RlbGVmb24KU3r1a2UgR+l6YTsrMzYgMjAgMTIzIDQ1NjcKS2924WNzINtyOyszNiAyMCAxMjMgNDU2OAo=',
  ],
  [
    'iso8859-2',
    'Imię;Telefon\nŁukasz Kołodziej;+48 512 345 678\nŚwiętosław Żak;+48 512\n',
    'SW1p6jtUZWxlZm9uCqN1a2FzeiBLb7NvZHppZWo7KzQ4IDUxMiAzNDUgNjc4CqZ3aep0b3OzYXcgr2FrOys0OCA1MTIK',
  ],
  [
    'cp1251',
    'Имя;Телефон\nАнна Смирнова;+7 912 345-67-89\nПётр Иванов;+7 912 345-67-80\n',
    'yOz/O9Ll6+X07u0KwO3t4CDR7Ojw7e7i4DsrNyA5MTIgMzQ1LTY3LTg5Cs+48vAgyOLg7e7iOys3IDkxMiAzNDUtNjctODAK',
  ],
  [
    'cp1251',
    'Имя;Телефон\nАнна Смирнова;8 912 345-67-89\n',
    'yOz/O9Ll6+X07u0KwO3t4CDR7Ojw7e7i4Ds4IDkxMiAzNDUtNjctODkK',
  ],
  [
    'koi8-r',
    'Имя;Телефон\nАнна Смирнова;8 912 345-67-89\nПётр Иванов;+7 912 345-67-80\n',
    '6c3RO/TFzMXGz84K4c7OwSDzzcnSzs/XwTs4IDkxMiAzNDUtNjctODkK8KPU0iDp18HOz9c7KzcgOTEyIDM0NS02Ny04MAo=',
  ],
  [
    'cp1253',
    'Όνομα;Κινητό\nΓιώργος Παπαδόπουλος;+30 691 234 5678\n',
    'vO3v7OE7yunt5/T8CsPp/vHj7/Ig0OHw4eT88O/16+/yOyszMCA2OTEgMjM0IDU2NzgK',
  ],
  [
    'cp1254',
    'Ad;Cep\nAyşe Yılmaz;+90 532 123 45 67\nÖmer Güneş;0532 123 45 68\n',
    'QWQ7Q2VwCkF5/mUgWf1sbWF6Oys5MCA1MzIgMTIzIDQ1IDY3CtZtZXIgR/xuZf47MDUzMiAxMjMgNDUgNjgK',
  ],
  [
    'cp1254',
    'Ad;Cep\nAyşe Yılmaz;0532 123 45 67\nÖmer Güneş;0532 123 45 68\n',
    'QWQ7Q2VwCkF5/mUgWf1sbWF6OzA1MzIgMTIzIDQ1IDY3CtZtZXIgR/xuZf47MDUzMiAxMjMgNDUgNjgK',
  ],
  ['cp1255', 'שם;טלפון\nדוד כהן;+972 50-123-4567\n', '+e076Oz05e8K4+XjIOvk7zsrOTcyIDUwLTEyMy00NTY3Cg=='],
  [
    'cp1256',
    'الاسم;الجوال\nأحمد علي;+966 50 123 4567\n',
    'x+HH0+M7x+HM5sfhCsPN488g2uHtOys5NjYgNTAgMTIzIDQ1NjcK',
  ],
  [
    'shift_jis',
    '氏名,携帯電話\n山田 太郎,090-1234-5678\n佐藤 花子,080-1234-5678\n',
    'joGWvCyMZ5HRk2SYYgqOUpNjIJG+mFksMDkwLTEyMzQtNTY3OAqNspOhIInUjnEsMDgwLTEyMzQtNTY3OAo=',
  ],
  [
    'shift_jis',
    '名前,電話番号\nヤマダ,+81 90-1234-5678\n',
    'lryRTyyTZJhilNSNhgqDhIN9g18sKzgxIDkwLTEyMzQtNTY3OAo=',
  ],
  [
    'gbk',
    '姓名,手机号\n王小明,13812345678\n李娜,13912345678\n',
    '0NXD+yzK1rv6usUKzfXQocP3LDEzODEyMzQ1Njc4CsDuxMgsMTM5MTIzNDU2NzgK',
  ],
  ['gbk', '姓名,手机\n张三,+8613812345678\n', '0NXD+yzK1rv6CtXFyP0sKzg2MTM4MTIzNDU2NzgK'],
  [
    'big5',
    '姓名,手機\n王小明,0912-345-678\n陳美麗,0922-345-678\n',
    'qW2mVyyk4r73CqT9pHCp+iwwOTEyLTM0NS02NzgKs6+s/MRSLDA5MjItMzQ1LTY3OAo=',
  ],
  [
    'euc-kr',
    '이름,휴대폰\n김철수,010-1234-5678\n이영희,010-2345-6789\n',
    'wMy4pyzI3rTrxvkKsejDtrz2LDAxMC0xMjM0LTU2NzgKwMy/tcjxLDAxMC0yMzQ1LTY3ODkK',
  ],
  [
    'cp1252',
    'Nafn;Sími\nÞórður Guðmundsson;+354 612 3456\n',
    'TmFmbjtT7W1pCt7zcvB1ciBHdfBtdW5kc3NvbjsrMzU0IDYxMiAzNDU2Cg==',
  ],
  [
    'cp1252',
    'Nombre;Móvil\nMaría Núñez;612345678\nJosé Peña;612345679\n',
    'Tm9tYnJlO03zdmlsCk1hcu1hIE768WV6OzYxMjM0NTY3OApKb3PpIFBl8WE7NjEyMzQ1Njc5Cg==',
  ],
  [
    'cp1252',
    'NAME;TEL\nJÖRG MÜLLER;0170 1234567\nANDRÉ;0170 1234568\n',
    'TkFNRTtURUwKStZSRyBN3ExMRVI7MDE3MCAxMjM0NTY3CkFORFLJOzAxNzAgMTIzNDU2OAo=',
  ],
  [
    'cp1257',
    'Vārds;Tālrunis\nJānis Bērziņš;+371 21234567\n',
    'VuJyZHM7VOJscnVuaXMKSuJuaXMgQudyemny8DsrMzcxIDIxMjM0NTY3Cg==',
  ],
  ['cp874', 'ชื่อ;มือถือ\nสมชาย ใจดี;+66 81 234 5678\n', 'qtfozTvB1822180KysGq0sIg46i01TsrNjYgODEgMjM0IDU2NzgK'],
];
