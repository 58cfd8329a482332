use crate::error::{ErrorKind, Result};
use crate::xmldsig::{Document, NodeId, NodeKind, XmlLimits};

fn parse(text: &str) -> Result<Document<'_>> {
    Document::parse(text.as_bytes(), &XmlLimits::default())
}

fn refused(text: &str) -> String {
    match parse(text) {
        Ok(_) => panic!("taken: {text}"),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{error}");
            error.to_string()
        }
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for text in [
        "",
        " ",
        "a",
        "<!-- only -->",
        "<a>",
        "</a>",
        "<a></b>",
        "<a></aa>",
        "<a></a",
        "<a></a x='1'>",
        "<a/><b/>",
        "<a/>text",
        "<a/>&amp;",
        "text<a/>",
        "<a/><![CDATA[x]]>",
        "<a><b></a></b>",
        "<a b/>",
        "<a b=c/>",
        "<a b='c/>",
        "<a b='<'/>",
        "<a b='1'c='2'/>",
        "<a b='1' b='2'/>",
        "<a / >",
        "< a/>",
        "<1/>",
        "<a>]]></a>",
        "<a><![CDATA[x]]></a>]]>",
        "<a><![CDATA[x]></a>",
        "<a><![cdata[x]]></a>",
        "<a>&</a>",
        "<a>&amp</a>",
        "<a>& amp;</a>",
        "<a>&nbsp;</a>",
        "<a>&AMP;</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#X41;</a>",
        "<a>&#-1;</a>",
        "<a>&#0;</a>",
        "<a>&#8;</a>",
        "<a>&#xFFFE;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#4294967361;</a>",
        "<a b='&#0;'/>",
        "<a>\u{1}</a>",
        "<a>\u{FFFF}</a>",
        "<a b='\u{FFFE}'/>",
        "<!-- -- --><a/>",
        "<!-- ---><a/>",
        "<!--><a/>",
        "<!-x--><a/>",
        "<!ELEMENT a ANY><a/>",
        "<a><!DOCTYPE a></a>",
        "<?xml version='1.0'?><?xml version='1.0'?><a/>",
        " <?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<a><?XmL x?></a>",
        "<a><?x:y z?></a>",
        "<a><? x?></a>",
        "<a><?x+?></a>",
        "<a><?x</a>",
    ] {
        refused(text);
    }
}

#[test]
fn namespaces_are_checked() {
    for text in [
        "<p:a/>",
        "<a p:b='1'/>",
        "<a><b xmlns:p='urn:p'/><p:c/></a>",
        "<a xmlns:p=''/>",
        "<a xmlns:p='urn:p'><b xmlns:p=''/></a>",
        "<a xmlns:xmlns='urn:x'/>",
        "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:xml='urn:x'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='urn:a' xmlns='urn:b'/>",
        "<a xmlns:p='urn:a' xmlns:p='urn:a'/>",
        "<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='1' q:b='2'/>",
        "<xmlns:a/>",
        "<a xmlns:p='urn:p' p:='1'/>",
        "<a :b='1'/>",
        "<:a/>",
        "<a:/>",
        "<a xmlns:p='urn:p' p:b:c='1'/>",
        "<a xmlns:p='urn:p'></p:a>",
        "<p:a xmlns:p='urn:p' xmlns:q='urn:p'></q:a>",
    ] {
        refused(text);
    }
    for text in [
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='kk'/>",
        "<a xmlns='urn:a'><b xmlns=''/></a>",
        "<a xmlns:p='urn:a' xmlns='urn:a' p:b='1' b='2'/>",
        "<a xmlns:xmlx='urn:a' xmlx:b='1'/>",
        "<a xmlns:p='urn:a'><b xmlns:p='urn:b'/><c xmlns:p='urn:b'/><p:d/></a>",
        "<xmlns/>",
    ] {
        parse(text).unwrap();
    }
    let document = parse("<a xmlns:p='urn:1'><b xmlns:p='urn:2'/><p:c/></a>").unwrap();
    assert!(document.nodes().any(|node| document.is_element(node, "urn:1", "c")));
}

#[test]
fn a_dtd_is_named() {
    for text in [
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'?><!--c--><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    ] {
        let error = parse(text).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Unsupported { name, .. } if name == "DTD"),
            "{error}"
        );
    }
}

#[test]
fn errors_say_where() {
    assert_eq!(
        refused("<a>\n  <b></c>"),
        "malformed end tag: not that of the open element (at byte 9)"
    );
    assert!(refused("<a><p:b/></a>").ends_with("(at byte 3)"));
}

#[test]
fn values_are_normalised() {
    let document = parse(
        "<a b=' x\ty\r\nz\rw\n&#9;&#10;&#13;&#32;&lt;' c='\"&quot;&apos;'>1\r\n2\r3\n&#13;\r\r\n\
         <![CDATA[<&amp;>\r\n]]]>&amp;]]&gt;&#x416;&#1046;</a>",
    )
    .unwrap();
    let root = document.root();
    assert_eq!(document.attribute(root, "", "b"), Some(" x y z w \t\n\r <"));
    assert_eq!(document.attribute(root, "", "c"), Some("\"\"'"));
    assert_eq!(document.plain_text(root), Some("1\n2\n3\n\r\n\n<&amp;>\n]&]]>ЖЖ"));
    assert_eq!(document.children(root).count(), 1);
    let document = parse("<?p  a\r\nb ?><!--\r\r\n--><a><![CDATA[]]></a>").unwrap();
    let values: Vec<_> = document.nodes().map(|node| document.value(node)).collect();
    assert_eq!(values, ["a\nb ", "\n\n", ""]);
    assert_eq!(document.target(NodeId(1)), "p");
    assert_eq!(document.children(document.root()).count(), 0);
}

#[test]
fn every_node_knows_its_place() {
    let source = "\u{FEFF}<?xml version='1.0'?>\n<!--c--><a x='1'\n><b/>t&amp;<![CDATA[u]]><p:c xmlns:p='urn:p' p:y='2'>ж</p:c ></a><?q?>";
    let document = parse(source).unwrap();
    assert_eq!(document.text(), source);
    let pieces: Vec<_> =
        document.nodes().map(|node| &source[document.source_range(node)]).collect();
    assert_eq!(
        pieces,
        [
            "<!--c-->",
            "<a x='1'\n><b/>t&amp;<![CDATA[u]]><p:c xmlns:p='urn:p' p:y='2'>ж</p:c ></a>",
            "<b/>",
            "t&amp;<![CDATA[u]]>",
            "<p:c xmlns:p='urn:p' p:y='2'>ж</p:c >",
            "ж",
            "<?q?>",
        ]
    );
    let [root, empty, inner] = [NodeId(2), NodeId(3), NodeId(5)];
    assert_eq!(document.root(), root);
    assert_eq!(&source[document.start_tag_range(root).unwrap()], "<a x='1'\n>");
    assert_eq!(&source[document.end_tag_range(root).unwrap()], "</a>");
    assert_eq!(&source[document.start_tag_range(empty).unwrap()], "<b/>");
    assert_eq!(document.end_tag_range(empty), None);
    assert_eq!(&source[document.end_tag_range(inner).unwrap()], "</p:c >");
    assert_eq!(document.start_tag_range(NodeId(4)), None);
    assert_eq!(document.source_range(NodeId::DOCUMENT), 0..source.len());
}

#[test]
fn the_tree_can_be_walked() {
    let source = "<r xmlns='urn:d' xmlns:p='urn:p'><a><b/>x</a><p:c p:k='1' k='2' xmlns=''><d/></p:c><!--e--></r>";
    let document = parse(source).unwrap();
    let root = document.root();
    let children: Vec<_> = document.children(root).collect();
    assert_eq!(children, [NodeId(2), NodeId(5), NodeId(7)]);
    let [a, c, comment] = [children[0], children[1], children[2]];
    assert_eq!(document.kind(comment), NodeKind::Comment);
    assert_eq!(document.children(a).count(), 2);
    assert_eq!(document.children(comment).count(), 0);
    assert_eq!(document.parent(a), Some(root));
    assert_eq!(document.parent(root), Some(NodeId::DOCUMENT));
    assert_eq!(document.parent(NodeId::DOCUMENT), None);
    assert_eq!(document.ancestors(NodeId(3)).collect::<Vec<_>>(), [a, root, NodeId::DOCUMENT]);
    assert!(document.contains(root, NodeId(3)) && document.contains(a, a));
    assert!(!document.contains(a, c) && !document.contains(c, root));
    assert!(document.is_element(a, "urn:d", "a") && document.is_element(c, "urn:p", "c"));
    assert!(document.is_element(NodeId(6), "", "d"));
    assert_eq!(document.name(c).unwrap().prefix, "p");
    assert_eq!(document.attribute(c, "urn:p", "k"), Some("1"));
    assert_eq!(document.attribute(c, "", "k"), Some("2"));
    assert_eq!(document.attribute(c, "urn:d", "k"), None);
    let bound = |node| -> Vec<_> {
        document.namespaces_in_scope(node).iter().map(|n| (n.prefix, n.uri)).collect()
    };
    assert_eq!(bound(a), [("", "urn:d"), ("p", "urn:p")]);
    assert_eq!(bound(NodeId(6)), [("p", "urn:p")]);
    assert_eq!(document.namespace_declarations(c).count(), 1);
    assert_eq!(document.plain_text(a), None);
    assert_eq!(document.plain_text(root), None);
    assert_eq!(document.text_content(root), "x");
    assert_eq!(document.plain_text(NodeId(3)), Some(""));
    let commented = parse("<a>12<!-- -->34</a>").unwrap();
    assert_eq!(commented.plain_text(commented.root()), None);
    assert_eq!(commented.text_content(commented.root()), "1234");
    // A node of another document is no reason to fail.
    assert_eq!(commented.name(NodeId(99)), None);
    assert_eq!(commented.children(NodeId(99)).count(), 0);
}

#[test]
fn every_budget_stops() {
    let stops = |text: &str, limits: XmlLimits| {
        let error = Document::parse(text.as_bytes(), &limits).map(|_| ()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }), "{error}");
    };
    let all = XmlLimits::default();
    let text = "<a xmlns:p='urn:p' b='1'><c d='2'/>e</a>";
    let exact = XmlLimits {
        bytes: text.len(),
        nodes: 3,
        depth: 2,
        attributes_of_one: 2,
        attributes: 3,
        namespaces_in_scope: 1,
        ..all
    };
    Document::parse(text.as_bytes(), &exact).unwrap();
    stops(text, XmlLimits { bytes: text.len() - 1, ..exact });
    stops(text, XmlLimits { nodes: 2, ..exact });
    stops(text, XmlLimits { depth: 1, ..exact });
    stops(text, XmlLimits { attributes_of_one: 1, ..exact });
    stops(text, XmlLimits { attributes: 2, ..exact });
    stops(text, XmlLimits { namespaces_in_scope: 0, ..exact });
    // Undeclaring and redeclaring count what is bound, not what was.
    let text = "<a xmlns='urn:1'><b xmlns=''><c xmlns='urn:2'/></b><d xmlns='urn:3'/></a>";
    Document::parse(text.as_bytes(), &XmlLimits { namespaces_in_scope: 1, ..all }).unwrap();
}

#[test]
fn depth_costs_no_stack() {
    let depth = 1_000_000;
    let text = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(matches!(parse(&text).unwrap_err().kind(), ErrorKind::OverBudget { .. }));
    let limits = XmlLimits { depth, ..XmlLimits::default() };
    let document = Document::parse(text.as_bytes(), &limits).unwrap();
    assert_eq!(document.node_count(), depth + 1);
    assert_eq!(document.text_content(document.root()), "");
    let unclosed = "<a>".repeat(depth);
    assert!(Document::parse(unclosed.as_bytes(), &limits).is_err());
}
