use super::*;
#[test]
fn dump() {
    for (format, name) in ours() {
        println!("##### {name}");
        for line in show(&read(format, &bytes(&name))) {
            println!("{line}");
        }
    }
    println!("##### end");
}
